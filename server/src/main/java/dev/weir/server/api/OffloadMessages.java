package dev.weir.server.api;

import dev.weir.api.v1.GetOffloadResponse;
import dev.weir.api.v1.OffloadPort;
import dev.weir.offload.circle.CircleStatus;

/** What carries flows below, as a message. */
final class OffloadMessages {
    private OffloadMessages() {}

    static GetOffloadResponse of(CircleStatus status) {
        GetOffloadResponse.Builder message = GetOffloadResponse.newBuilder()
                .setDriver(status.driver())
                .setFlows(status.flows())
                .setDirections(status.directions())
                .setRoom(status.room())
                .setLearning(status.learning())
                .putAllRefused(status.refused())
                .setCongested(status.congested())
                .setPackets(status.packets())
                .setBytes(status.octets())
                .setAdded(status.added())
                .setRemoved(status.removed())
                .putAllRemovedBy(status.removedBy())
                .setUpdatesPerSecond(status.updatesPerSecond())
                .putAllPassedUp(status.passedUp());
        status.ports()
                .forEach((name, place) ->
                        message.addPorts(OffloadPort.newBuilder().setName(name).setState(place)));
        return message.build();
    }
}
