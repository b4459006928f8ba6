"""What every table of central is made of: names of constraints, kinds of columns."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def text(name: str, nullable: bool = False) -> sa.Column[str]:
    """Text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def integer(name: str, nullable: bool = False) -> sa.Column[int]:
    """An integer of eight bytes: times (Unix ms), sequences, counts."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def flag(name: str) -> sa.Column[bool]:
    """True or false."""
    return sa.Column(name, sa.Boolean, nullable=False)


def row_id() -> sa.Column[int]:
    """The number of a row, inside the database only."""
    return sa.Column("id", sa.Integer, primary_key=True)


def of(name: str, target: str, primary_key: bool = False) -> sa.Column[int]:
    """A reference to another row by its number."""
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=False, primary_key=primary_key)


def place() -> tuple[sa.Column[int], sa.Column[int], sa.Column[int]]:
    """Where an entry stands: device, epoch, sequence."""
    return (
        of("device", "devices.id", primary_key=True),
        sa.Column("epoch", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    )
