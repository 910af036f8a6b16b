"""Announcing: campaigns that speak a text get its sound as soon as it is made, and none before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog

from ccdialer.config import Speech
from ccdialer.core.campaign import Campaign
from ccdialer.errors import Refused
from ccdialer.runtime.speech import media_of, speak, text_of

log = structlog.get_logger()

AGAIN_S = 600.0
"""A text that could not be spoken is tried again after this."""


class Announcing:
    """Between storage, where announcements are texts, and the core, which knows sounds only."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._wanted: dict[str, str] = {}  # text -> campaign that asked for it first
        self._failed_at: dict[str, float] = {}

    def heard(self, campaign: Campaign) -> Campaign:
        """The campaign as the core takes it: with the sound of its text, or without announcement
        while there is none. A call is never lost for it."""
        text = text_of(campaign)
        if not text:
            return campaign
        media = media_of(self._speech, text)
        if not media:
            self._wanted.setdefault(text, campaign.name)
        return replace(campaign, settings=replace(campaign.settings, announce=media))

    async def prepare(self, reload: Callable[[], Awaitable[Any]]) -> None:
        """Speak what is wanted, one text after the other on a thread of its own, and have the
        campaigns read again if there is anything new to be heard."""
        wanted, self._wanted = self._wanted, {}
        spoken = [await self._spoken(text, name) for text, name in wanted.items()]
        if any(spoken):
            await reload()

    async def _spoken(self, text: str, name: str) -> bool:
        failed_at = self._failed_at.get(text)
        if failed_at is not None and time.monotonic() - failed_at < AGAIN_S:
            return False
        try:
            await asyncio.to_thread(speak, self._speech, text)
        except Refused as error:
            self._failed_at[text] = time.monotonic()
            log.warning("calls go on without announcement", campaign=name, trouble=str(error))
            return False
        log.info("announcement spoken", campaign=name)
        return True
