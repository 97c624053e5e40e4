package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.core.FetchEvent.Fault;
import dev.kindling.executor.core.FetchEvent.Route;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskInput;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class FetchSchedulerTest {
    /** 10,000 bytes in flight, 4,000 for one peer; 3 tries of 4 s; pauses of 200 and 400 ms. */
    private static final FetchSettings SMALL = new FetchSettings(10_000, 4_000, 3, 4_000, 200);

    @Test
    void eachPeerIsAskedOnceForAllItsMaps() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 200, 300)
                .peer(Route.REMOTE, 80, 0)
                .start()
                .did("#1 asks e0 for [0, 1, 2] in 1699", "#2 asks e1 for [3] in 1114")
                .finishes(2, 3)
                .ends(2)
                .finishes(1, 0, 1, 2)
                .did("done");
    }

    @Test
    void aShuffleWithoutBytesIsDoneAtOnce() {
        FetchScript.with(SMALL).peer(Route.REMOTE, 0, 0).start().did("done");
        FetchScript.with(SMALL).start().did("done");
    }

    @Test
    void tasksBeginWithDifferentPeers() {
        FetchScript.rotated(SMALL, 1)
                .peer(Route.REMOTE, 10)
                .peer(Route.REMOTE, 10)
                .peer(Route.REMOTE, 10)
                .start()
                .did("#1 asks e1 for [1] in 1035", "#2 asks e2 for [2] in 1035", "#3 asks e0 for [0] in 1035");
    }

    @Test
    void aPeerWaitsUntilThereIsRoomForItsWindow() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 50_000)
                .peer(Route.REMOTE, 50_000)
                .peer(Route.REMOTE, 50_000)
                .start()
                .did("#1 asks e0 for [0] in 4000", "#2 asks e1 for [1] in 4000")
                .takes(1, 3_000, 1)
                .did()
                .finishes(1, 0)
                .did()
                .ends(1)
                .did("#3 asks e2 for [2] in 4000");
    }

    @Test
    void whatLiesOnThisMachineTakesNoRoom() {
        FetchScript.with(SMALL)
                .peer(Route.SAME_PROCESS, 1_000_000)
                .peer(Route.SAME_HOST, 1_000_000)
                .peer(Route.REMOTE, 100)
                .start()
                .did("#1 reads [0] of e0, SAME_PROCESS", "#2 reads [1] of e1, SAME_HOST", "#3 asks e2 for [2] in 1136");
    }

    @Test
    void aFailedRequestIsRepeatedForWhatIsMissingAfterAPause() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100, 100)
                .start()
                .did("#1 asks e0 for [0, 1, 2] in 1361")
                .finishes(1, 0)
                .fails(1)
                .after(199)
                .did()
                .after(1)
                .did("#2 asks e0 for [1, 2] in 1249")
                .finishes(2, 1, 2)
                .did("done");
    }

    @Test
    void threeTriesThatBroughtNothingGiveUpTheFirstMissingMap() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100)
                .peer(Route.REMOTE, 100)
                .start()
                .finishes(1, 0)
                .fails(1)
                .after(200)
                .fails(3)
                .after(399)
                .did("#1 asks e0 for [0, 1] in 1249", "#2 asks e1 for [2] in 1136", "#3 asks e0 for [1] in 1136")
                .after(1)
                .did("#4 asks e0 for [1] in 1136")
                .fails(4)
                .did("#2 cancelled", "gives up s4p1#0 of e0")
                .finishes(2, 2)
                .after(60_000)
                .did();
    }

    @Test
    void aTryThatBroughtABlockStartsTheCountAgainButBytesAloneDoNot() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100)
                .start()
                .fails(1)
                .after(200)
                .takes(2, 50, 1)
                .fails(2)
                .after(200)
                .takes(3, 50, 0)
                .fails(3)
                .after(400)
                .did(
                        "#1 asks e0 for [0] in 1136",
                        "#2 asks e0 for [0] in 1136",
                        "#3 asks e0 for [0] in 1136",
                        "#4 asks e0 for [0] in 1136")
                .takes(4, 50, 0)
                .fails(4)
                .did("gives up s4p0#0 of e0");
    }

    @Test
    void aPeerThatFallsSilentWhileTheTaskWaitsIsAskedAgain() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100)
                .start()
                .after(3_999)
                .did("#1 asks e0 for [0] in 1136")
                .after(1)
                .did("#1 cancelled")
                .finishes(1, 0)
                .did()
                .after(200)
                .did("#2 asks e0 for [0] in 1136");
    }

    @Test
    void aTaskThatWorksForAMinuteDoesNotAccuseItsPeers() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100)
                .start()
                .did("#1 asks e0 for [0] in 1136")
                .worksFor(60_000)
                .waits()
                .after(3_999)
                .did()
                .takes(1, 1, 0)
                .after(3_999)
                .did()
                .after(1)
                .did("#1 cancelled");
    }

    @Test
    void aCorruptBlockIsFetchedOnceMoreAndThenItsMapIsGivenUp() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100)
                .start()
                .failsMap(1, 0, Fault.CORRUPT)
                .finishes(1, 1)
                .did("#1 asks e0 for [0, 1] in 1249")
                .ends(1)
                .did("#2 asks e0 for [0] in 1136")
                .failsMap(2, 0, Fault.CORRUPT)
                .did("#2 cancelled", "gives up s4p0#0 of e0");
    }

    @Test
    void anOutputThatItsExecutorDoesNotHoldIsGivenUpAtOnce() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100)
                .start()
                .failsMap(1, 1, Fault.ABSENT)
                .did("#1 asks e0 for [0, 1] in 1249", "#1 cancelled", "gives up s4p1#0 of e0");
        FetchScript.with(SMALL)
                .peer(Route.SAME_PROCESS, 100)
                .start()
                .failsMap(1, 0, Fault.ABSENT)
                .did("#1 reads [0] of e0, SAME_PROCESS", "#1 cancelled", "gives up s4p0#0 of e0");
    }

    @Test
    void anUnreadableOutputIsTriedThreeTimesAndItsNeighboursComeMeanwhile() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100)
                .start()
                .failsMap(1, 0, Fault.UNREADABLE)
                .finishes(1, 1)
                .ends(1)
                .after(200)
                .failsMap(2, 0, Fault.UNREADABLE)
                .ends(2)
                .after(400)
                .did("#1 asks e0 for [0, 1] in 1249", "#2 asks e0 for [0] in 1136", "#3 asks e0 for [0] in 1136")
                .failsMap(3, 0, Fault.UNREADABLE)
                .ends(3)
                .did("gives up s4p0#0 of e0");
    }

    @Test
    void aFileOfThisMachineThatCannotBeReadIsAskedOfItsExecutor() {
        for (Fault fault : Fault.values()) {
            FetchScript.with(SMALL)
                    .peer(Route.SAME_HOST, 100, 100)
                    .start()
                    .failsMap(1, 0, fault)
                    .finishes(1, 1)
                    .ends(1)
                    .did("#1 reads [0, 1] of e0, SAME_HOST", "#2 asks e0 for [0] in 1136")
                    .finishes(2, 0)
                    .did("done");
        }
    }

    @Test
    void anAnswerThatEndsTooEarlyCountsAsFailed() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100, 100)
                .start()
                .finishes(1, 0)
                .ends(1)
                .after(200)
                .did("#1 asks e0 for [0, 1] in 1249", "#2 asks e0 for [1] in 1136");
    }

    @Test
    void lateDoubledAndForeignEventsChangeNothing() {
        FetchScript.with(SMALL)
                .peer(Route.REMOTE, 100)
                .after(10)
                .ends(1)
                .did()
                .start()
                .start()
                .finishes(7, 0)
                .fails(9)
                .failsMap(5, 0, Fault.ABSENT)
                .did("#1 asks e0 for [0] in 1136")
                .finishes(1, 0)
                .finishes(1, 0)
                .ends(1)
                .ends(1)
                .did("done");
    }

    /**
     * Peers that fail, fall silent, lose and spoil outputs at random: every task ends, done with every map once or with
     * one give-up, within a bounded time, and the bytes in flight stay below their bound.
     */
    @Test
    void everyTaskEndsUnderRandomFaults() {
        int done = 0;
        for (long seed = 0; seed < 2_000; seed++) {
            done += new RandomRun(seed).run() ? 1 : 0;
        }
        assertTrue(done > 300 && done < 1_900, done + " of 2000 ended well");
    }

    private static final class RandomRun {
        private final SplittableRandom random;
        private final FetchScheduler scheduler;
        private final TreeMap<Integer, List<Integer>> open = new TreeMap<>();
        private final TreeSet<Integer> local = new TreeSet<>();
        private final TreeSet<Integer> finished = new TreeSet<>();
        private final List<FetchEffect> last = new ArrayList<>();
        private final double faults;
        private final int mapCount;
        private long nowMs;
        private int mapsWithBytes;

        RandomRun(long seed) {
            random = new SplittableRandom(seed);
            scheduler = new FetchScheduler(SMALL, random.nextInt(5));
            faults = random.nextDouble() * 0.3;
            mapCount = random.nextInt(40);
        }

        boolean run() {
            List<ExecutorAddress> executors = new ArrayList<>();
            List<Route> routes = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(6); i++) {
                executors.add(new ExecutorAddress("e" + i, 1, "h", 1, "", ""));
                routes.add(Route.values()[random.nextInt(3)]);
            }
            List<MapSource> sources = new ArrayList<>();
            for (int map = 0; map < mapCount; map++) {
                long bytes = random.nextInt(5) == 0 ? 0 : random.nextInt(20_000);
                mapsWithBytes += bytes > 0 ? 1 : 0;
                sources.add(new MapSource(new AttemptId(1, map, 0), random.nextInt(executors.size()), bytes));
            }
            on(new FetchEvent.Started(new TaskInput.ShuffleInput(0, 0, 0, executors, sources), routes));
            while (!scheduler.isOver()) {
                step();
                assertTrue(nowMs < 600_000, "still not over after 600 s");
            }
            if (last.get(0) instanceof FetchEffect.Done) {
                assertEquals(mapsWithBytes, finished.size());
                return true;
            }
            return false;
        }

        private void step() {
            nowMs += random.nextInt(50);
            if (open.isEmpty() || random.nextInt(10) == 0) {
                nowMs += 100;
                on(new FetchEvent.Tick());
                return;
            }
            List<Integer> ids = List.copyOf(open.keySet());
            int id = ids.get(random.nextInt(ids.size()));
            List<Integer> maps = open.get(id);
            if (random.nextDouble() < faults / 4) {
                open.remove(id);
                // A peer may fall silent; what reads this machine's files always says how it ended.
                if (local.contains(id) || random.nextInt(3) > 0) {
                    on(new FetchEvent.RequestFailed(id, "reset"));
                }
            } else if (maps.isEmpty()) {
                open.remove(id);
                on(new FetchEvent.RequestEnded(id));
            } else {
                int map = maps.remove(0);
                if (random.nextDouble() < faults) {
                    Fault fault = Fault.values()[random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2)];
                    on(new FetchEvent.MapFailed(id, map, fault, "bad luck"));
                } else {
                    on(new FetchEvent.BytesTaken(id, 10, 1));
                    assertTrue(finished.add(map) || scheduler.isOver(), "map " + map + " was asked for again");
                    on(new FetchEvent.MapFinished(id, map));
                }
            }
        }

        private void on(FetchEvent event) {
            last.clear();
            scheduler.on(nowMs, event, last::add);
            assertTrue(scheduler.bytesInFlight() <= SMALL.maxBytesInFlight());
            for (FetchEffect effect : List.copyOf(last)) {
                if (effect instanceof FetchEffect.Request e) {
                    open.put(e.requestId(), new ArrayList<>(e.maps()));
                } else if (effect instanceof FetchEffect.ReadLocal e) {
                    local.add(e.requestId());
                    open.put(e.requestId(), new ArrayList<>(e.maps()));
                } else if (effect instanceof FetchEffect.Cancel e) {
                    open.remove(e.requestId());
                }
            }
            last.removeIf(effect -> effect instanceof FetchEffect.Cancel);
        }
    }
}
