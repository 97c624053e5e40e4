package dev.kindling.executor.core;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Decides whom an executor asks for the next block of a broadcast value, so that many executors that want it at once
 * get it from each other, and the driver sends each block about once.
 *
 * <p>The driver names executors that have begun before. Of these one is drawn at a time and asked what it holds; if
 * that is something that is missing here, a block of it is drawn and fetched. Only when two in a row have nothing to
 * give does the driver send the next block, a drawn one too: so those who fetch at the same time hold different blocks.
 *
 * <p>Pure and seeded. One step at a time: whoever does it says how it went, and asks for the next. What a peer fails
 * to give is got elsewhere. The driver is asked again as long as it takes: an executor that cannot reach its driver ends
 * by itself.
 */
public final class BroadcastFetch {
    /** A value of so few blocks is not worth a question. */
    private static final int FEW_BLOCKS = 1;

    private static final int PEERS_TRIED = 2;
    /** What a peer holds, and who is a peer, is asked again after so many more blocks have come here. */
    private static final int BLOCKS_BETWEEN_QUESTIONS = 4;

    private static final int BLOCKS_BETWEEN_PEERS = 32;

    /** The driver's own copy is bad: that many answers in a row failed their checksums. */
    private static final int CORRUPT_ANSWERS = 5;

    private static final int FIRST_PAUSE_MS = 50;
    private static final int MAX_PAUSE_MS = 2_000;

    /** Another executor, by the place of its data. */
    public record Peer(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** What to do next. */
    public sealed interface Step {
        /** Ask the driver for peers. */
        record FindPeers() implements Step {}

        /** Ask which blocks it holds. */
        record AskHeld(Peer peer) implements Step {}

        /** @param peer empty: from the driver */
        record Fetch(Optional<Peer> peer, int block) implements Step {}

        /** Do nothing for a while. */
        record Pause(int ms) implements Step {}

        /** All blocks are here. */
        record Done() implements Step {}

        /** The value cannot be had. */
        record GiveUp(boolean isDestroyed, String why) implements Step {}
    }

    /** Why a step failed. */
    public enum Fault {
        /** Whoever was asked does not hold it. */
        ABSENT,
        /** What came fails its checksum. */
        CORRUPT,
        /** No answer, or none in time. */
        UNREACHABLE
    }

    private static final class Known {
        private final Peer peer;
        private BitSet held = new BitSet();
        private int askedAtBlock = -BLOCKS_BETWEEN_QUESTIONS;

        Known(Peer peer) {
            this.peer = peer;
        }
    }

    private long random;
    private final BitSet missing = new BitSet();
    private final int blockCount;
    private List<Known> peers = new ArrayList<>();
    private int peersFoundAtBlock = -BLOCKS_BETWEEN_PEERS;
    private Optional<Known> asked = Optional.empty();
    private int peersTried;
    private int driverFailures;
    private int corruptAnswers;
    private boolean isPauseDue;
    private Optional<Step> end = Optional.empty();

    /** @param present blocks that are here already */
    public BroadcastFetch(int blockCount, BitSet present, long seed) {
        this.blockCount = blockCount;
        this.random = seed;
        missing.set(0, blockCount);
        missing.andNot(present);
    }

    /** Asked again without anything in between it answers the same kind of step. */
    public Step next() {
        if (end.isPresent()) {
            return end.get();
        }
        if (missing.isEmpty()) {
            return new Step.Done();
        }
        if (isPauseDue) {
            isPauseDue = false;
            return new Step.Pause(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(10, driverFailures)));
        }
        int here = blockCount - missing.cardinality();
        if (blockCount > FEW_BLOCKS && here - peersFoundAtBlock >= BLOCKS_BETWEEN_PEERS) {
            return new Step.FindPeers();
        }
        return fromPeer(here).orElseGet(() -> new Step.Fetch(Optional.empty(), drawn(missing)));
    }

    private Optional<Step> fromPeer(int here) {
        while (peersTried < PEERS_TRIED && !peers.isEmpty()) {
            Known peer = asked.orElseGet(() -> peers.get(drawn(peers.size())));
            if (here - peer.askedAtBlock >= BLOCKS_BETWEEN_QUESTIONS) {
                asked = Optional.of(peer);
                return Optional.of(new Step.AskHeld(peer.peer));
            }
            BitSet useful = (BitSet) missing.clone();
            useful.and(peer.held);
            if (!useful.isEmpty()) {
                return Optional.of(new Step.Fetch(Optional.of(peer.peer), drawn(useful)));
            }
            peersTried++;
            asked = Optional.empty();
        }
        return Optional.empty();
    }

    private int drawn(BitSet blocks) {
        int block = blocks.nextSetBit(0);
        for (int skip = drawn(blocks.cardinality()); skip > 0; skip--) {
            block = blocks.nextSetBit(block + 1);
        }
        return block;
    }

    /** From 0 to {@code bound - 1}: the next number of SplitMix64 (Steele, Lea, Flood), as far as that is even. */
    private int drawn(int bound) {
        random += 0x9e3779b97f4a7c15L;
        long mixed = (random ^ random >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return (int) Long.remainderUnsigned(mixed ^ mixed >>> 31, bound);
    }

    // ---- how it went ----------------------------------------------------------------------------------------------

    /** The driver's answer to {@link Step.FindPeers}. */
    public void peersFound(List<Peer> found) {
        peersFoundAtBlock = blockCount - missing.cardinality();
        List<Known> known = new ArrayList<>();
        for (Peer peer : found) {
            known.add(find(peer).orElseGet(() -> new Known(peer)));
        }
        peers = known;
        asked = Optional.empty();
    }

    /** A peer's answer to {@link Step.AskHeld}. */
    public void heldFound(Peer peer, BitSet held) {
        find(peer).ifPresent(known -> {
            known.held = held;
            known.askedAtBlock = blockCount - missing.cardinality();
        });
    }

    /** The block is here, its checksum is right. */
    public void blockCame(Step.Fetch fetch) {
        missing.clear(fetch.block());
        peersTried = 0;
        asked = Optional.empty();
        if (fetch.peer().isEmpty()) {
            driverFailures = 0;
            corruptAnswers = 0;
        }
    }

    /** The step could not be done. */
    public void failed(Step step, Fault fault, String why) {
        asked = Optional.empty();
        if (step instanceof Step.Fetch fetch && fetch.peer().isPresent()) {
            failedAtPeer(fetch.peer().get(), fetch.block(), fault);
        } else if (step instanceof Step.AskHeld held) {
            forget(held.peer());
        } else {
            failedAtDriver(step, fault, why);
        }
    }

    private void failedAtPeer(Peer peer, int block, Fault fault) {
        if (fault == Fault.ABSENT) {
            find(peer).ifPresent(known -> known.held.clear(block));
        } else {
            forget(peer);
        }
    }

    private void failedAtDriver(Step step, Fault fault, String why) {
        driverFailures++;
        corruptAnswers += fault == Fault.CORRUPT ? 1 : 0;
        if (fault == Fault.ABSENT) {
            end = Optional.of(new Step.GiveUp(true, why));
        } else if (corruptAnswers == CORRUPT_ANSWERS) {
            end = Optional.of(new Step.GiveUp(false, why));
        } else if (step instanceof Step.FindPeers) {
            // Then without; the driver itself still has all.
            peersFoundAtBlock = blockCount - missing.cardinality();
        } else {
            isPauseDue = true;
            peersTried = 0;
        }
    }

    private Optional<Known> find(Peer peer) {
        return peers.stream().filter(known -> known.peer.equals(peer)).findFirst();
    }

    private void forget(Peer peer) {
        peers.removeIf(known -> known.peer.equals(peer));
    }
}
