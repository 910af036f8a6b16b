"""The tables, as Peewee models; the partial indexes that carry promises are in the migrations."""

from __future__ import annotations

from ccdialer.storage.models.cards import CrmCard as CrmCard
from ccdialer.storage.models.clients import Client as Client
from ccdialer.storage.models.clients import ClientBusiness as ClientBusiness
from ccdialer.storage.models.clients import ClientContact as ClientContact
from ccdialer.storage.models.clients import ClientNumber as ClientNumber
from ccdialer.storage.models.clients import Deal as Deal
from ccdialer.storage.models.inbound import InboundCall as InboundCall
from ccdialer.storage.models.instant import InstantField as InstantField
from ccdialer.storage.models.outbound import Agent as Agent
from ccdialer.storage.models.outbound import AgentGroup as AgentGroup
from ccdialer.storage.models.outbound import AgentSession as AgentSession
from ccdialer.storage.models.outbound import Attempt as Attempt
from ccdialer.storage.models.outbound import Campaign as Campaign
from ccdialer.storage.models.outbound import DoNotCall as DoNotCall
from ccdialer.storage.models.outbound import Journal as Journal
from ccdialer.storage.models.outbound import Leg as Leg
from ccdialer.storage.models.outbound import Membership as Membership
from ccdialer.storage.models.outbound import PacingJournal as PacingJournal
from ccdialer.storage.models.outbound import PacingMemory as PacingMemory
from ccdialer.storage.models.outbound import Project as Project
from ccdialer.storage.models.outbound import Recording as Recording
from ccdialer.storage.models.outbound import Result as Result
from ccdialer.storage.models.outbound import SiteRules as SiteRules
from ccdialer.storage.models.outbound import Spending as Spending
from ccdialer.storage.models.outbound import SpendingCap as SpendingCap
from ccdialer.storage.models.outbound import Standstill as Standstill
from ccdialer.storage.models.outbound import Task as Task
from ccdialer.storage.models.outbound import TaskNumber as TaskNumber
from ccdialer.storage.models.outbound import Trunk as Trunk
from ccdialer.storage.models.outbound import TrunkRate as TrunkRate
from ccdialer.storage.models.outside import Outbox as Outbox
from ccdialer.storage.models.routes import RouteVersion as RouteVersion

TABLES = (
    Project,
    Campaign,
    Agent,
    Membership,
    Task,
    TaskNumber,
    Attempt,
    Leg,
    AgentSession,
    Journal,
    PacingMemory,
    PacingJournal,
    SiteRules,
    Trunk,
    TrunkRate,
    SpendingCap,
    Spending,
    Standstill,
    Recording,
    DoNotCall,
    Result,
    AgentGroup,
    InboundCall,
    RouteVersion,
    Outbox,
    CrmCard,
    Client,
    ClientContact,
    ClientNumber,
    ClientBusiness,
    Deal,
)
