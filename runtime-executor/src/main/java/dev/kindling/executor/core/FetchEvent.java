package dev.kindling.executor.core;

import dev.kindling.protocol.TaskInput;
import java.util.List;

/** All that can happen while one reduce task fetches. Maps are named by their position in the input's sources. */
public sealed interface FetchEvent {
    /** How the blocks of one executor are had. */
    enum Route {
        /** In this process: handed over. */
        SAME_PROCESS,
        /** On this machine's disks: its file is read; by the network when that fails. */
        SAME_HOST,
        REMOTE
    }

    enum Fault {
        /** The holder says that it has no such output. */
        ABSENT,
        /** A block failed its checksum. */
        CORRUPT,
        /** It could not be read this time. */
        UNREADABLE
    }

    /** @param routes one for each executor of the input */
    record Started(TaskInput.ShuffleInput input, List<Route> routes) implements FetchEvent {
        public Started {
            routes = List.copyOf(routes);
        }
    }

    /**
     * The task took bytes that a request brought, so the peer may send as many more.
     *
     * @param blockCount blocks that became whole with them, their checksums right
     */
    record BytesTaken(int requestId, long byteCount, int blockCount) implements FetchEvent {}

    /** All blocks of the map output were taken, their checksums right. */
    record MapFinished(int requestId, int map) implements FetchEvent {}

    record MapFailed(int requestId, int map, Fault fault, String why) implements FetchEvent {}

    /** The request brought all it will bring. */
    record RequestEnded(int requestId) implements FetchEvent {}

    /** The connection could not be made or was lost. */
    record RequestFailed(int requestId, String why) implements FetchEvent {}

    /** The task found nothing to take: from now on the peers' silence counts. */
    record WaitStarted() implements FetchEvent {}

    /** Some time has passed and the task still waits; comes at least ten times in a timeout. */
    record Tick() implements FetchEvent {}
}
