"""Reads every event of a store in order through SQLAlchemy Core, ten thousand at a time, and makes nothing of it."""

import sys

import sqlalchemy as sa

from syncd.store.tables import ticket_event

if __name__ == "__main__":
    ordered = sa.select(ticket_event).order_by(ticket_event.c.ticket, ticket_event.c.generation, ticket_event.c.at)
    with sa.create_engine(sys.argv[1]).connect().execution_options(yield_per=10_000) as connection:
        print(sum(len(some) for some in connection.execute(ordered).partitions()))
