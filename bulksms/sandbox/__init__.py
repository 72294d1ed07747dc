"""A local server that behaves like the API; it shares no code with the client."""

from bulksms.sandbox.journal import AcceptedFrame
from bulksms.sandbox.options import FaultKind, SandboxOptions
from bulksms.sandbox.running import Sandbox, serve

__all__ = ["AcceptedFrame", "FaultKind", "Sandbox", "SandboxOptions", "serve"]
