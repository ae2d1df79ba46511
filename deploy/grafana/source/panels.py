"""What every dashboard is put together from: one way to ask, one look, nothing tied to a name of somebody's server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VizOrientation,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
    VariableSort,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
TAG = "syncd"

GREEN, AMBER, RED = "green", "orange", "red"


@dataclass(frozen=True, slots=True)
class Ask:
    """One query and how its series are called; `instant` for a figure of now."""

    expr: str
    legend: str
    instant: bool = False


def series(name: str, selector: str = "") -> str:
    """Return a selector of a metric, of the scrape jobs chosen above."""
    return f'{name}{{job=~"$job"{"," if selector else ""}{selector}}}'


def promise(name: str, selector: str = "", *, more: str = "") -> str:
    """Return a figure of promises, counted once however many replicas tell it."""
    return f"max by (vendor, contract, target{', ' if more else ''}{more}) ({series(name, selector)})"


def _target(ask: Ask, letter: str, *, as_table: bool) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(ask.expr).legend_format(ask.legend).ref_id(letter).datasource(SOURCE)
    if as_table:
        return query.format(PromQueryFormat.TABLE).instant()
    return query.instant() if ask.instant else query.range()


def _steps(steps: Sequence[tuple[float | None, str]]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def _dress(panel: Any, title: str, description: str, asks: Sequence[Ask], unit: str, width: int, height: int) -> Any:
    panel.title(title).description(description).datasource(SOURCE).unit(unit).span(width).height(height)
    for letter, ask in zip("ABCDEFGH", asks, strict=False):
        panel.with_target(_target(ask, letter, as_table=isinstance(panel, table.Panel)))
    return panel


def number(
    title: str,
    description: str,
    ask: Ask,
    *,
    unit: str = "short",
    steps: Sequence[tuple[float | None, str]] = ((None, GREEN),),
    width: int = 4,
) -> stat.Panel:
    """Return a panel of one figure as it is now."""
    panel = stat.Panel().reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"])).thresholds(_steps(steps))
    _dress(panel, title, description, [Ask(ask.expr, ask.legend, instant=True)], unit, width, 4)
    return panel


def lines(
    title: str,
    description: str,
    *asks: Ask,
    unit: str,
    width: int = 12,
    stacked: bool = False,
    least: float | None = 0.0,
    most: float | None = None,
) -> timeseries.Panel:
    """Return a panel of series over time, from nought unless said otherwise."""
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
        .calcs(["lastNotNull", "max"])
    )
    panel = timeseries.Panel().legend(legend).fill_opacity(30 if stacked else 0)
    if least is not None:
        panel.min(least)
    if stacked:
        panel.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    if most is not None:
        panel.max(most)
    _dress(panel, title, description, asks, unit, width, 8)
    return panel


def bars(
    title: str,
    description: str,
    ask: Ask,
    *,
    unit: str,
    steps: Sequence[tuple[float | None, str]] = ((None, GREEN),),
    width: int = 12,
) -> bargauge.Panel:
    """Return a panel of one bar for each series as it is now."""
    panel = (
        bargauge.Panel()
        .orientation(VizOrientation.HORIZONTAL)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(_steps(steps))
    )
    _dress(panel, title, description, [Ask(ask.expr, ask.legend, instant=True)], unit, width, 8)
    return panel


def rows(
    title: str,
    description: str,
    columns: Mapping[str, tuple[str, str]],
    *,
    sort: str,
    hidden: Sequence[str] = (),
    width: int = 24,
    falling: bool = False,
) -> table.Panel:
    """Return a table of figures as they are now; columns by their names, each an expression and its unit.

    Expressions agree in their labels, which become the first columns.
    """
    panel = table.Panel().sort_by([common.TableSortByFieldState().display_name(sort).desc(falling)])
    names = {f"Value #{letter}": name for letter, name in zip("ABCDEFGH", columns, strict=False)}
    gone = dict.fromkeys(("Time", *hidden), True)
    panel.with_transformation(DataTransformerConfig(id_val="merge", options={}))
    panel.with_transformation(
        DataTransformerConfig(id_val="organize", options={"renameByName": names, "excludeByName": gone})
    )
    _dress(panel, title, description, [Ask(expr, name) for name, (expr, _) in columns.items()], "short", width, 9)
    for name, (_, unit) in columns.items():
        panel.override_by_name(name, [DynamicConfigValue(id_val="unit", value=unit)])
    return panel


def _query(name: str, label: str, query: str, *, multi: bool) -> dashboard.QueryVariable:
    variable = (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query({"query": query, "refId": "Variable"})
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(multi)
    )
    return variable.include_all(True).all_value(".+") if multi else variable


def board(
    uid: str,
    title: str,
    description: str,
    *panels: Any,
    vendor: bool = False,
    span: str = "now-7d",
) -> dashboard.Dashboard:
    """Return a dashboard of panels from left to right, with what it asks of whoever opens it."""
    made = (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .time(span, "now")
        .refresh("1m")
        .timezone("browser")
        .link(
            dashboard.DashboardLink("syncd")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(_query("job", "Job", "label_values(syncd_build_info, job)", multi=True))
    )
    if vendor:
        query = 'label_values(syncd_vendor_info{job=~"$job"}, vendor)'
        made.with_variable(_query("vendor", "Vendor", query, multi=False))
    for panel in panels:
        made.with_panel(panel)
    return made
