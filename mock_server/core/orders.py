"""What a use case is told to do otherwise than it would: the part of a fault that concerns the request itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mock_server.core.ids import Format
from mock_server.core.lifecycle import Failure, Outcome, Plan, Wait


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders for one call; ``None`` and ``False`` change nothing.

    Of a submit: ``failure``, ``queue`` and ``run`` replace these parts of the plan, ``id_form`` names the request in
    another form, ``withdraw`` lets the answer be that of an accepted request that is then not kept, nor billed.
    ``forget`` makes the request unknown (after a submit, before any other call), and what it does goes on unseen.
    ``expire`` takes its result and its files away. ``told`` is what a cancel says whatever it does: told
    ``cancelled``, the request goes on; told ``not_cancellable``, a queued request is cancelled.
    """

    failure: Failure | None = None
    queue: Wait | None = None
    run: Wait | None = None
    id_form: Format | None = None
    withdraw: bool = False
    forget: bool = False
    expire: bool = False
    told: Outcome | None = None

    def plan(self, usual: Plan) -> Plan:
        """Return the plan of a new request, of which ``usual`` is what it would be without orders."""
        return replace(
            usual,
            queue=self.queue or usual.queue,
            run=self.run or usual.run,
            failure=self.failure or usual.failure,
        )


NONE = Orders()
