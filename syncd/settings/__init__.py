"""Configuration: four kinds of YAML file, checked against their models and turned into values of the core."""

from syncd.settings.agreements import Loaded, agreements_from_documents, load_agreements
from syncd.settings.calendar_mapping import calendar_from_mapping
from syncd.settings.load import load_settings
from syncd.settings.reference import reference
from syncd.settings.schema import schema, schema_text
from syncd.settings.secret_places import missing_secrets
from syncd.settings.secrets import resolve_secret
from syncd.settings.values import Limits, Listen, NotifierSettings, Settings, SourceSettings

__all__ = [
    "Limits",
    "Listen",
    "Loaded",
    "NotifierSettings",
    "Settings",
    "SourceSettings",
    "agreements_from_documents",
    "calendar_from_mapping",
    "load_agreements",
    "load_settings",
    "missing_secrets",
    "reference",
    "resolve_secret",
    "schema",
    "schema_text",
]
