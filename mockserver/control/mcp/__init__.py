"""`POST /_mock/mcp`: the Model Context Protocol for coding agents, by streamable HTTP, without sessions."""

from mockserver.control.mcp.endpoint import post

__all__ = ["post"]
