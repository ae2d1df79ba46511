"""Writes the dashboards: `python -m deploy.grafana.source` from the top of the checkout."""

from deploy.grafana.source.boards import FOLDER, rendered

if __name__ == "__main__":
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
