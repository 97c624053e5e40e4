package dev.kindling.executor.core;

import dev.kindling.protocol.TaskFailure;
import java.util.List;

/** All that a reduce task's fetching can want done. */
public sealed interface FetchEffect {
    /**
     * Ask an executor over the network for these maps, in this order.
     *
     * @param executor index into the input's executors
     * @param windowBytes what may be on its way or arrived and not yet taken
     */
    record Request(int requestId, int executor, List<Integer> maps, long windowBytes) implements FetchEffect {
        public Request {
            maps = List.copyOf(maps);
        }
    }

    /** Read these maps on this machine, when the task wants more and the network has nothing. */
    record ReadLocal(int requestId, int executor, FetchEvent.Route route, List<Integer> maps) implements FetchEffect {
        public ReadLocal {
            maps = List.copyOf(maps);
        }
    }

    /** Nothing more of this request is wanted. */
    record Cancel(int requestId) implements FetchEffect {}

    /** The task fails with this; the last effect. */
    record GiveUp(TaskFailure.FetchFailed failure) implements FetchEffect {}

    /** Every map output was taken; the last effect. */
    record Done() implements FetchEffect {}
}
