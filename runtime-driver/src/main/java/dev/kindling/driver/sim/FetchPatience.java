package dev.kindling.driver.sim;

import dev.kindling.executor.core.FetchEffect;
import dev.kindling.executor.core.FetchEvent;
import dev.kindling.executor.core.FetchSettings;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import java.util.BitSet;

/**
 * Watches one fetch of a simulated task: a map output is given up when its holder does not have it or its bytes are bad, or
 * when as many requests in a row as are allowed brought nothing, and not before.
 */
final class FetchPatience {
    private static final int TRIES = FetchSettings.defaults().maxTries();
    private static final int NONE = -1;

    private final TaskInput.ShuffleInput input;
    /** By executor: the request that is open, and those in a row that brought nothing, the open one included. */
    private final int[] openRequest;

    private final int[] vainRequests;
    private final BitSet badMaps = new BitSet();

    FetchPatience(TaskInput.ShuffleInput input) {
        this.input = input;
        this.openRequest = new int[input.executors().size()];
        this.vainRequests = new int[input.executors().size()];
    }

    void happened(FetchEvent event) {
        if (event instanceof FetchEvent.MapFailed e) {
            badMaps.set(e.map());
        } else if (event instanceof FetchEvent.MapFinished e) {
            int executor = executorAsked(e.requestId());
            if (executor != NONE) {
                vainRequests[executor] = 0;
            }
        } else if (event instanceof FetchEvent.RequestEnded e) {
            close(e.requestId());
        } else if (event instanceof FetchEvent.RequestFailed e) {
            close(e.requestId());
        }
    }

    void decided(FetchEffect effect) {
        if (effect instanceof FetchEffect.Request e) {
            openRequest[e.executor()] = e.requestId();
            vainRequests[e.executor()]++;
        } else if (effect instanceof FetchEffect.Cancel e) {
            close(e.requestId());
        } else if (effect instanceof FetchEffect.GiveUp e) {
            mayGiveUp(e.failure());
        }
    }

    private void close(int requestId) {
        int executor = executorAsked(requestId);
        if (executor != NONE) {
            openRequest[executor] = NONE;
        }
    }

    private int executorAsked(int requestId) {
        for (int executor = 0; executor < openRequest.length; executor++) {
            if (openRequest[executor] == requestId) {
                return executor;
            }
        }
        return NONE;
    }

    private void mayGiveUp(TaskFailure.FetchFailed failure) {
        for (int map = 0; map < input.sources().size(); map++) {
            MapSource source = input.sources().get(map);
            boolean isIt = source.mapAttempt().equals(failure.mapAttempt());
            if (isIt && !badMaps.get(map) && vainRequests[source.executor()] < TRIES) {
                throw new SimViolation("map output " + failure.mapAttempt() + " is given up after "
                        + vainRequests[source.executor()] + " requests: " + failure.message());
            }
        }
    }
}
