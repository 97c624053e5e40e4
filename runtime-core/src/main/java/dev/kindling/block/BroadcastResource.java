package dev.kindling.block;

import java.util.Optional;

/**
 * What processes ask each other about broadcast values, as names of resources: {@code broadcast/7/block/3}.
 * Executors ask the driver and each other; only the driver knows peers.
 */
public sealed interface BroadcastResource {
    long id();

    /** The name to ask for. */
    String name();

    /** One block of the value. */
    record Block(long id, int block) implements BroadcastResource {
        @Override
        public String name() {
            return PREFIX + id + "/block/" + block;
        }
    }

    /** Which blocks are there: a set of bits, eight a byte, the lowest first. */
    record Held(long id) implements BroadcastResource {
        @Override
        public String name() {
            return PREFIX + id + "/held";
        }
    }

    /**
     * Executors that have asked this before, one a line: host, a space, port.
     *
     * @param executorId who asks, so that those who ask later hear of it
     */
    record Peers(long id, String executorId, String host, int port) implements BroadcastResource {
        @Override
        public String name() {
            return PREFIX + id + "/peers/" + executorId + "/" + host + "/" + port;
        }
    }

    String PREFIX = "broadcast/";

    /** Empty when it names something else. */
    static Optional<BroadcastResource> parse(String name) {
        String[] parts = name.split("/", -1);
        if (!name.startsWith(PREFIX) || parts.length < 3) {
            return Optional.empty();
        }
        try {
            long id = Long.parseLong(parts[1]);
            if (parts.length == 4 && parts[2].equals("block")) {
                return Optional.of(new Block(id, Integer.parseInt(parts[3])));
            } else if (parts.length == 3 && parts[2].equals("held")) {
                return Optional.of(new Held(id));
            } else if (parts.length == 6 && parts[2].equals("peers")) {
                return Optional.of(new Peers(id, parts[3], parts[4], Integer.parseInt(parts[5])));
            }
        } catch (NumberFormatException e) {
            // Then it is no such name.
        }
        return Optional.empty();
    }
}
