"""The rating terminal for government services (政务服务"好差评")."""

__version__ = "0.1.0"
