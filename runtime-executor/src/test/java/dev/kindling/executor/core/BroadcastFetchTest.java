package dev.kindling.executor.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.executor.core.BroadcastFetch.Fault;
import dev.kindling.executor.core.BroadcastFetch.Peer;
import dev.kindling.executor.core.BroadcastFetch.Step;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whom an executor asks for the blocks of a broadcast value. */
class BroadcastFetchTest {
    private static final Peer PEER = new Peer("10.0.0.7", 7337);

    private static BroadcastFetch fetch(int blocks) {
        return new BroadcastFetch(blocks, new BitSet(), 7);
    }

    private static BitSet blocks(int from, int to) {
        BitSet blocks = new BitSet();
        blocks.set(from, to);
        return blocks;
    }

    private static Step.Fetch nextFetch(BroadcastFetch fetch) {
        return assertInstanceOf(Step.Fetch.class, fetch.next());
    }

    @Test
    void smallValueComesFromTheDriverWithoutAnyQuestion() {
        BroadcastFetch fetch = fetch(1);

        Step.Fetch step = nextFetch(fetch);
        fetch.blockCame(step);

        assertEquals(new Step.Fetch(Optional.empty(), 0), step);
        assertEquals(new Step.Done(), fetch.next());
    }

    @Test
    void whoeverIsAloneGetsEachBlockOnceFromTheDriver() {
        BroadcastFetch fetch = fetch(5);
        assertEquals(new Step.FindPeers(), fetch.next());
        fetch.peersFound(List.of());

        BitSet came = new BitSet();
        for (int i = 0; i < 5; i++) {
            Step.Fetch step = nextFetch(fetch);
            assertEquals(Optional.empty(), step.peer());
            came.set(step.block());
            fetch.blockCame(step);
        }

        assertEquals(blocks(0, 5), came);
        assertEquals(new Step.Done(), fetch.next());
    }

    @Test
    void blocksThatAPeerHoldsComeFromThereTheOthersFromTheDriver() {
        BroadcastFetch fetch = fetch(4);
        fetch.next();
        fetch.peersFound(List.of(PEER));
        assertEquals(new Step.AskHeld(PEER), fetch.next());
        fetch.heldFound(PEER, blocks(1, 3));

        List<Step.Fetch> steps = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Step.Fetch step = nextFetch(fetch);
            steps.add(step);
            fetch.blockCame(step);
        }

        for (Step.Fetch step : steps) {
            boolean isHeld = step.block() == 1 || step.block() == 2;
            assertEquals(isHeld ? Optional.of(PEER) : Optional.empty(), step.peer(), step.toString());
        }
    }

    @Test
    void corruptBlockOfAPeerIsFetchedElsewhereAndThePeerNotAskedAgain() {
        BroadcastFetch fetch = fetch(2);
        fetch.next();
        fetch.peersFound(List.of(PEER));
        fetch.next();
        fetch.heldFound(PEER, blocks(0, 2));
        Step.Fetch fromPeer = nextFetch(fetch);

        fetch.failed(fromPeer, Fault.CORRUPT, "checksum");

        for (int i = 0; i < 2; i++) {
            Step.Fetch step = nextFetch(fetch);
            assertEquals(Optional.empty(), step.peer());
            fetch.blockCame(step);
        }
        assertEquals(new Step.Done(), fetch.next());
    }

    @Test
    void peerThatIsGoneIsForgotten() {
        BroadcastFetch fetch = fetch(2);
        fetch.next();
        fetch.peersFound(List.of(PEER));

        fetch.failed(fetch.next(), Fault.UNREACHABLE, "connection refused");

        assertEquals(Optional.empty(), nextFetch(fetch).peer());
    }

    @Test
    void driverThatDoesNotAnswerIsAskedAgainAfterPausesThatGrow() {
        BroadcastFetch fetch = fetch(1);
        int lastPause = 0;
        for (int i = 0; i < 20; i++) {
            fetch.failed(nextFetch(fetch), Fault.UNREACHABLE, "timeout");
            int pause = assertInstanceOf(Step.Pause.class, fetch.next()).ms();
            assertTrue(pause >= lastPause && pause <= 2_000, pause + " ms");
            lastPause = pause;
        }

        fetch.blockCame(nextFetch(fetch));

        assertEquals(new Step.Done(), fetch.next());
    }

    @Test
    void whatTheDriverDoesNotHaveIsGivenUpWithItsWords() {
        BroadcastFetch fetch = fetch(1);

        fetch.failed(nextFetch(fetch), Fault.ABSENT, "destroyed by destroy at Job.java:7");

        assertEquals(new Step.GiveUp(true, "destroyed by destroy at Job.java:7"), fetch.next());
    }

    @Test
    void driverWhoseCopyIsBadIsGivenUp() {
        BroadcastFetch fetch = fetch(1);
        for (int i = 0; i < 4; i++) {
            fetch.failed(nextFetch(fetch), Fault.CORRUPT, "checksum");
            assertInstanceOf(Step.Pause.class, fetch.next());
        }

        fetch.failed(nextFetch(fetch), Fault.CORRUPT, "checksum");

        assertEquals(new Step.GiveUp(false, "checksum"), fetch.next());
    }

    @Test
    void blocksThatAreHereAlreadyAreNotFetched() {
        BroadcastFetch fetch = new BroadcastFetch(3, blocks(0, 2), 7);
        fetch.next();
        fetch.peersFound(List.of());

        assertEquals(new Step.Fetch(Optional.empty(), 2), fetch.next());
    }

    /** Twenty executors begin together and take turns: the driver sends little more than each block once. */
    @Test
    void driverSendsEachBlockAboutOnceToManyWhoFetchAtTheSameTime() {
        int blocks = 40;
        List<BroadcastFetch> fetches = new ArrayList<>();
        List<BitSet> held = new ArrayList<>();
        for (int executor = 0; executor < 20; executor++) {
            fetches.add(new BroadcastFetch(blocks, new BitSet(), executor));
            held.add(new BitSet());
        }
        int fromDriver = 0;
        int unfinished = fetches.size();
        while (unfinished > 0) {
            unfinished = 0;
            for (int executor = 0; executor < fetches.size(); executor++) {
                Step step = untilFetch(fetches, held, executor);
                if (step instanceof Step.Fetch fetch) {
                    unfinished++;
                    fromDriver += fetch.peer().isEmpty() ? 1 : 0;
                    held.get(executor).set(fetch.block());
                    fetches.get(executor).blockCame(fetch);
                }
            }
        }

        assertTrue(fromDriver >= blocks && fromDriver <= 4 * blocks, fromDriver + " blocks came from the driver");
    }

    private static Step untilFetch(List<BroadcastFetch> fetches, List<BitSet> held, int executor) {
        BroadcastFetch own = fetches.get(executor);
        Step step = own.next();
        while (!(step instanceof Step.Fetch) && !(step instanceof Step.Done)) {
            if (step instanceof Step.FindPeers) {
                List<Peer> peers = new ArrayList<>();
                for (int other = 0; other < fetches.size(); other++) {
                    if (other != executor) {
                        peers.add(new Peer("h", other));
                    }
                }
                own.peersFound(peers);
            } else if (step instanceof Step.AskHeld ask) {
                own.heldFound(ask.peer(), (BitSet) held.get(ask.peer().port()).clone());
            }
            step = own.next();
        }
        return step;
    }
}
