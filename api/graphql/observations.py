"""Observations, instruments and crosswalks."""

import strawberry

from api.graphql.fields import connection_field, mutation_field, query_field
from api.graphql.nodes import node_type
from api.graphql.observation_batch import Batch, parse_batch_input
from api.wire.observation_batch import push_batch
from domain.observations.usecases import push, read
from domain.observations.usecases.instruments import create_crosswalk, create_instrument, list_crosswalks, list_instruments
from domain.observations.usecases.preview_crosswalk import preview_crosswalk

Observation = node_type(read.read_observation, {"observation_id": "id"})


@strawberry.type
class ObservationsQuery:
    observation = query_field(read.read_observation)
    observations = connection_field(read.list_observations)
    instruments = connection_field(list_instruments)
    crosswalks = connection_field(list_crosswalks)
    preview_crosswalk = query_field(preview_crosswalk)


@strawberry.type
class ObservationsMutation:
    push_observation = mutation_field(push.push_observation)
    push_observations = mutation_field(push_batch, "pushObservations", input_class=Batch, parse=parse_batch_input)
    retract_observation = mutation_field(push.retract_observation)
    create_instrument = mutation_field(create_instrument)
    create_crosswalk = mutation_field(create_crosswalk)
