"""botocore's session and clients, as the user's settings say. Nothing is loaded before it is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from genesys_tui.engine.model.errors import UsageError
from genesys_tui.engine.model.identity import Target

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.paginate import Paginator
    from botocore.session import Session as BotoSession

CONNECT_SECONDS = 5
READ_SECONDS = {True: 10, False: 20}
"""How long an answer may take, in seconds: of a read, and of a write."""


@cache
def _loader(data_path: str | None) -> Any:
    """One for all sessions: to read the models is most of the time that making a client takes."""
    from botocore.loaders import create_loader

    return create_loader(data_path)


class Clients:
    """Makes and keeps the clients of one target. Raises designed errors for settings that can't be used.

    `hook` is called with each new client, its service and its region, before anybody uses it.
    """

    def __init__(self, target: Target, concurrency: int, hook: Callable[[BaseClient, str, str], None]) -> None:
        self._target = target
        self._concurrency = concurrency
        self._hook = hook
        self._making = RLock()  # making clients is not thread-safe in botocore, using them is
        self._boto: BotoSession | None = None
        self._region = target.region or ""
        self._clients: dict[tuple[str, str, bool], BaseClient] = {}

    @property
    def region(self) -> str:
        """The region to work in. Raises `UsageError` where none is configured."""
        if not self._region:
            # botocore itself does not look at AWS_REGION, as AWS's other tools do
            self._region = os.environ.get("AWS_REGION") or self._session().get_config_variable("region") or ""
        if not self._region:
            raise UsageError(
                "No AWS region is configured",
                why="neither --region, AWS_REGION, AWS_DEFAULT_REGION nor the profile names one",
                todo="Name one with --region or AWS_REGION, or store one with `aws configure set region`",
                command="aws configure set region us-east-1",
            )
        return self._region

    @property
    def profile(self) -> str:
        """The name of the profile in use."""
        return self._session().profile or "default"

    def get(self, service: str, region: str | None, *, reads: bool) -> BaseClient:
        """The client, that does not retry; made when it is first asked for. `reads`: with their shorter time limit."""
        key = (service, region or self.region, reads)
        client = self._clients.get(key)
        if client is None:
            with self._making:
                client = self._clients.get(key) or self._make(*key)
                self._clients[key] = client
        return client

    def paginator(self, client: BaseClient, operation: str, send: Callable[..., Any]) -> Paginator:
        """botocore's paginator of an operation (as the API names it), with pages fetched by `send`."""
        from botocore.paginate import Paginator

        model = client.meta.service_model
        pagination = self._session().get_paginator_model(model.service_name).get_paginator(operation)
        return Paginator(send, pagination, model.operation_model(operation))

    def is_elsewhere(self, url: str) -> bool:
        """Whether the endpoint is none of AWS's own."""
        suffixes = set()
        for partition in self._session().get_data("endpoints")["partitions"]:
            suffixes |= {each["dnsSuffix"] for each in (partition, *partition["defaults"].get("variants", ()))}
        return not (urlsplit(url).hostname or "").endswith(tuple(f".{suffix}" for suffix in suffixes))

    def close(self) -> None:
        """Close the connections. Waits for nothing, not even for a client that is being made."""
        for client in self._clients.copy().values():
            client.close()

    def _session(self) -> BotoSession:
        with self._making:
            if self._boto is None:
                from botocore.session import Session as BotoSession

                from genesys_tui.engine.providers.aws import failures

                session = BotoSession(profile=self._target.profile)
                try:
                    session.get_scoped_config()  # raises for a profile that is not there
                    session.register_component("data_loader", _loader(session.get_config_variable("data_path")))
                except failures.ERRORS as error:
                    raise failures.setup_error(error) from error
                self._boto = session
            return self._boto

    def _make(self, service: str, region: str, reads: bool) -> BaseClient:
        from botocore.config import Config

        from genesys_tui.engine.providers.aws import failures

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS[reads],
            max_pool_connections=self._concurrency,
            tcp_keepalive=True,
            retries={"mode": "standard", "total_max_attempts": 1},
            user_agent_extra="genesys-tui",
        )
        make = self._session().create_client
        try:
            client = make(service, region_name=region, endpoint_url=self._target.endpoint, config=config)
        except (*failures.ERRORS, ValueError) as error:  # ValueError: an endpoint that is no URL
            raise failures.setup_error(error) from error
        self._hook(client, service, region)
        return client
