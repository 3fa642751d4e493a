"""Observations, the instruments they are made with, and the crosswalks that say what these are evidence of."""

import strawberry

from api.graphql.fields import changes, lists, reads
from api.graphql.nodes import found_by
from api.graphql.observation_batch import Batch, hear
from api.wire.observation_batch import push_batch
from domain.observations.usecases import push, read
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.usecases.preview_crosswalk import preview_crosswalk

Observation = found_by(read.read_observation, {"observation_id": "id"})


@strawberry.type
class ObservationsQuery:
    observation = reads(read.read_observation)
    observations = lists(read.list_observations)
    instruments = lists(list_instruments)
    crosswalks = lists(list_crosswalks)
    preview_crosswalk = reads(preview_crosswalk)


@strawberry.type
class ObservationsMutation:
    push_observation = changes(push.push_observation)
    push_observations = changes(push_batch, "pushObservations", says=Batch, hear=hear)
    retract_observation = changes(push.retract_observation)
    create_instrument = changes(create_instrument)
    create_crosswalk = changes(create_crosswalk)
