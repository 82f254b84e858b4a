"""Who may see and steer the shop's tasks over the API."""

from __future__ import annotations

from ipaddress import ip_address

from flask import request


def from_this_machine(permission: str, resource: object) -> bool:
    """Let in whoever sits at this machine.

    That is enough for a shop on loopback. One on the net asks its own login here, and looks at ``permission``; behind a
    proxy every request seems to come from the proxy's address.
    """
    return request.remote_addr is not None and ip_address(request.remote_addr).is_loopback
