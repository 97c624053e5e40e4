package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindling.executor.core.FetchEvent.Fault;
import dev.kindling.executor.core.FetchEvent.Route;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskInput;
import java.util.ArrayList;
import java.util.List;

/** Feeds a scheduler with events and compares its effects, written in one line each. */
final class FetchScript {
    private final FetchScheduler scheduler;
    private final List<ExecutorAddress> executors = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<MapSource> sources = new ArrayList<>();
    private final List<String> effects = new ArrayList<>();
    private final FetchSettings settings;
    private long nowMs = 1_000;

    private FetchScript(FetchSettings settings, int rotation) {
        this.settings = settings;
        this.scheduler = new FetchScheduler(settings, rotation);
    }

    static FetchScript with(FetchSettings settings) {
        return new FetchScript(settings, 0);
    }

    static FetchScript rotated(FetchSettings settings, int rotation) {
        return new FetchScript(settings, rotation);
    }

    /** An executor and the sizes of the map outputs it holds. */
    FetchScript peer(Route route, long... mapBytes) {
        int executor = executors.size();
        executors.add(new ExecutorAddress("e" + executor, 1, "10.0.0." + executor, 7000, "", "/scratch"));
        routes.add(route);
        for (long bytes : mapBytes) {
            sources.add(new MapSource(new AttemptId(4, sources.size(), 0), executor, bytes));
        }
        return this;
    }

    FetchScript start() {
        return on(new FetchEvent.Started(new TaskInput.ShuffleInput(1, 5, 9, executors, sources), routes));
    }

    FetchScript finishes(int requestId, int... maps) {
        for (int map : maps) {
            on(new FetchEvent.MapFinished(requestId, map));
        }
        return this;
    }

    FetchScript ends(int requestId) {
        return on(new FetchEvent.RequestEnded(requestId));
    }

    FetchScript takes(int requestId, long bytes, int blocks) {
        return on(new FetchEvent.BytesTaken(requestId, bytes, blocks));
    }

    FetchScript fails(int requestId) {
        return on(new FetchEvent.RequestFailed(requestId, "connection reset"));
    }

    FetchScript failsMap(int requestId, int map, Fault fault) {
        return on(new FetchEvent.MapFailed(requestId, map, fault, "so it is"));
    }

    FetchScript waits() {
        return on(new FetchEvent.WaitStarted());
    }

    FetchScript after(long ms) {
        nowMs += ms;
        return on(new FetchEvent.Tick());
    }

    /** Time in which the task works. */
    FetchScript worksFor(long ms) {
        nowMs += ms;
        return this;
    }

    /** Compares all effects since the last comparison. */
    FetchScript did(String... expected) {
        assertEquals(List.of(expected), effects);
        effects.clear();
        return this;
    }

    private FetchScript on(FetchEvent event) {
        scheduler.on(nowMs, event, effect -> effects.add(lineOf(effect)));
        if (scheduler.bytesInFlight() < 0 || scheduler.bytesInFlight() > settings.maxBytesInFlight()) {
            throw new AssertionError(scheduler.bytesInFlight() + " bytes in flight after " + event);
        }
        return this;
    }

    private static String lineOf(FetchEffect effect) {
        if (effect instanceof FetchEffect.Request e) {
            return "#" + e.requestId() + " asks e" + e.executor() + " for " + e.maps() + " in " + e.windowBytes();
        }
        if (effect instanceof FetchEffect.ReadLocal e) {
            return "#" + e.requestId() + " reads " + e.maps() + " of e" + e.executor() + ", " + e.route();
        }
        if (effect instanceof FetchEffect.Cancel e) {
            return "#" + e.requestId() + " cancelled";
        }
        if (effect instanceof FetchEffect.GiveUp e) {
            return "gives up " + e.failure().mapAttempt() + " of " + e.failure().executorId();
        }
        return "done";
    }
}
