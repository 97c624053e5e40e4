package dev.kindling.executor.core;

import dev.kindling.executor.core.FetchEvent.BytesTaken;
import dev.kindling.executor.core.FetchEvent.Fault;
import dev.kindling.executor.core.FetchEvent.MapFailed;
import dev.kindling.executor.core.FetchEvent.MapFinished;
import dev.kindling.executor.core.FetchEvent.RequestEnded;
import dev.kindling.executor.core.FetchEvent.RequestFailed;
import dev.kindling.executor.core.FetchEvent.Route;
import dev.kindling.executor.core.FetchEvent.Started;
import dev.kindling.executor.core.FetchEvent.Tick;
import dev.kindling.executor.core.FetchEvent.WaitStarted;
import dev.kindling.loop.Core;
import dev.kindling.loop.Effects;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.protocol.MapSource;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskInput;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides what one reduce task asks of whom, how much at a time, how often, and when it gives up.
 *
 * <p>All maps that one executor holds go into one request, so a task makes as many requests as there are executors,
 * not maps. A request has a window: the bytes that are on their way or wait for the task. The sum of all windows stays
 * within {@link FetchSettings#maxBytesInFlight}; a peer for which no window is left is asked when another has ended.
 * Tasks begin with different peers, so that not all ask the same one first.
 *
 * <p>A failed request is repeated for its unfinished maps, after a pause; {@link FetchSettings#maxTries} tries in a row
 * that brought nothing give its next map up. Silence counts only while the task waits: a slow task is not its peers'
 * fault. A corrupt block is fetched once more. Files of this machine that cannot be read are asked of their executor.
 * What is given up is one map attempt, by name, so that the driver rebuilds only that.
 *
 * <p>One instance for one task, owned by the thread that drives it. O(1) an event, O(maps of a peer) a request.
 */
public final class FetchScheduler implements Core<FetchEvent, FetchEffect> {
    private static final int NONE = -1;

    private final FetchSettings settings;
    private final int rotation;
    private final Set<PlantedBug> bugs;

    private TaskInput.ShuffleInput input;
    private Peer[] peers = {};
    private final SortedMap<Integer, Peer> askedPeers = new TreeMap<>();
    private int[] corruptionsOfMap;
    private int unfinishedMaps;
    private boolean isOver;

    private long nowMs;
    private long waitingSinceMs;
    private long bytesInFlight;
    private int lastRequestId;
    private Effects<FetchEffect> out;

    /** @param rotation any number, different for tasks that run at the same time */
    public FetchScheduler(FetchSettings settings, int rotation) {
        this(settings, rotation, PlantedBug.NONE);
    }

    FetchScheduler(FetchSettings settings, int rotation, Set<PlantedBug> bugs) {
        this.bugs = bugs;
        this.settings = settings;
        this.rotation = rotation;
    }

    /** The sum of all open windows. */
    public long bytesInFlight() {
        return bytesInFlight;
    }

    /** Whether {@code Done} or {@code GiveUp} was said; later events have no effect. */
    public boolean isOver() {
        return isOver;
    }

    @Override
    public void on(long nowMs, FetchEvent event, Effects<FetchEffect> out) {
        if (isOver || event instanceof Started == (input != null)) {
            return;
        }
        this.nowMs = nowMs;
        this.out = out;
        if (event instanceof Started e) {
            onStarted(e);
        } else if (event instanceof BytesTaken e) {
            onBytesTaken(e);
        } else if (event instanceof MapFinished e) {
            onMapFinished(e);
        } else if (event instanceof MapFailed e) {
            onMapFailed(e);
        } else if (event instanceof RequestEnded e) {
            onRequestEnded(e);
        } else if (event instanceof RequestFailed e) {
            onRequestFailed(e);
        } else if (event instanceof WaitStarted) {
            waitingSinceMs = nowMs;
        } else if (event instanceof Tick) {
            onTick();
        }
        if (!isOver && unfinishedMaps == 0) {
            isOver = true;
            out.add(new FetchEffect.Done());
        }
        if (!isOver && !(event instanceof BytesTaken) && !(event instanceof MapFinished)) {
            askPeers();
        }
    }

    // ---- what happened --------------------------------------------------------------------------------------------

    private void onStarted(Started e) {
        input = e.input();
        waitingSinceMs = nowMs;
        int mapCount = input.sources().size();
        corruptionsOfMap = new int[mapCount];
        peers = new Peer[e.routes().size()];
        for (int i = 0; i < peers.length; i++) {
            int executor = Math.floorMod(i + rotation, peers.length);
            peers[i] = new Peer(executor, e.routes().get(executor));
        }
        for (int map = 0; map < mapCount; map++) {
            MapSource source = input.sources().get(map);
            if (source.bytes() == 0) {
                continue;
            }
            peers[Math.floorMod(source.executor() - rotation, peers.length)].waiting.set(map);
            unfinishedMaps++;
        }
    }

    private void onBytesTaken(BytesTaken e) {
        Peer peer = peerAsked(e.requestId());
        if (peer != null) {
            peer.lastProgressMs = nowMs;
            // Bytes that never become a block would be asked for without end.
            peer.tries = e.blockCount() > 0 ? 0 : peer.tries;
        }
    }

    private void onMapFinished(MapFinished e) {
        Peer peer = peerAsked(e.requestId());
        if (peer != null && peer.finish(e.map())) {
            peer.lastProgressMs = nowMs;
            peer.tries = 0;
            unfinishedMaps--;
        }
    }

    private void onMapFailed(MapFailed e) {
        if (e.fault() == Fault.CORRUPT && bugs.contains(PlantedBug.CORRUPT_OUTPUT_TAKEN)) {
            onMapFinished(new MapFinished(e.requestId(), e.map()));
            return;
        }
        Peer peer = peerAsked(e.requestId());
        if (peer == null || !peer.finish(e.map())) {
            return;
        }
        peer.lastProgressMs = nowMs;
        peer.waiting.set(e.map());
        if (e.fault() == Fault.CORRUPT && ++corruptionsOfMap[e.map()] > 1) {
            giveUp(e.map(), "its bytes fail their checksum, also when fetched again: " + e.why());
        } else if (peer.route == Route.SAME_HOST) {
            // What cannot be read from the executor's files is asked of the executor itself.
            peer.nextRoute = Route.REMOTE;
        } else if (e.fault() == Fault.ABSENT) {
            giveUp(e.map(), "its executor does not hold it: " + e.why());
        } else if (e.fault() == Fault.UNREADABLE) {
            peer.failedMap = e.map();
            peer.failure = e.why();
        }
    }

    private void onRequestEnded(RequestEnded e) {
        Peer peer = peerAsked(e.requestId());
        if (peer == null) {
            return;
        }
        if (!peer.asked.isEmpty()) {
            failRequest(peer, "the answer ended before all map outputs had come");
        } else if (peer.failedMap != NONE) {
            failRequest(peer, peer.failure);
        } else {
            close(peer);
        }
    }

    private void onRequestFailed(RequestFailed e) {
        Peer peer = peerAsked(e.requestId());
        if (peer != null) {
            if (bugs.contains(PlantedBug.REFUSED_CONNECTION_TAKEN_FOR_LOSS)) {
                peer.tries = settings.maxTries();
            }
            failRequest(peer, e.why());
        }
    }

    private void onTick() {
        for (Peer peer : peers) {
            long silentSinceMs = Math.max(peer.lastProgressMs, waitingSinceMs);
            boolean isDue =
                    nowMs - silentSinceMs >= settings.timeoutMs() && !bugs.contains(PlantedBug.FETCH_TIMEOUT_IGNORED);
            if (peer.requestId != NONE && peer.route == Route.REMOTE && isDue) {
                out.add(new FetchEffect.Cancel(peer.requestId));
                failRequest(peer, "nothing came for " + (nowMs - silentSinceMs) + " ms");
                if (isOver) {
                    return;
                }
            }
        }
    }

    // ---- what follows ---------------------------------------------------------------------------------------------

    private void failRequest(Peer peer, String why) {
        int map = peer.failedMap != NONE || peer.asked.isEmpty() ? peer.failedMap : peer.asked.nextSetBit(0);
        Route route = peer.route;
        close(peer);
        if (map == NONE) {
            return;
        }
        peer.tries++;
        if (route == Route.SAME_HOST) {
            peer.route = Route.REMOTE;
            peer.nextRoute = Route.REMOTE;
            peer.tries = 0;
        } else if (peer.tries >= settings.maxTries() && !bugs.contains(PlantedBug.FETCH_TRIES_UNBOUNDED)) {
            giveUp(map, peer.tries + (peer.tries == 1 ? " try" : " tries") + " brought nothing; last: " + why);
        } else {
            peer.notBeforeMs = nowMs + ((long) settings.backoffMs() << Math.min(peer.tries - 1, 16));
        }
    }

    /** Ends the peer's request; what it did not bring waits again. */
    private void close(Peer peer) {
        if (!bugs.contains(PlantedBug.LATE_ANSWER_TAKEN)) {
            askedPeers.remove(peer.requestId);
        }
        bytesInFlight -= peer.window;
        peer.waiting.or(peer.asked);
        peer.asked.clear();
        peer.requestId = NONE;
        peer.window = 0;
        peer.failedMap = NONE;
        peer.route = peer.nextRoute;
    }

    private void askPeers() {
        for (Peer peer : peers) {
            if (peer.requestId == NONE && !peer.waiting.isEmpty() && nowMs >= peer.notBeforeMs) {
                ask(peer);
            }
        }
    }

    private void ask(Peer peer) {
        long window = peer.route == Route.REMOTE ? windowFor(peer) : 0;
        if (bytesInFlight + window > settings.maxBytesInFlight()) {
            return;
        }
        peer.asked.or(peer.waiting);
        peer.waiting.clear();
        peer.requestId = ++lastRequestId;
        askedPeers.put(peer.requestId, peer);
        peer.window = window;
        peer.lastProgressMs = nowMs;
        bytesInFlight += window;
        if (peer.route == Route.REMOTE) {
            out.add(new FetchEffect.Request(peer.requestId, peer.executor, peer.askedMaps(), window));
        } else {
            out.add(new FetchEffect.ReadLocal(peer.requestId, peer.executor, peer.route, peer.askedMaps()));
        }
    }

    /** Sizes are estimates within 10 %: an eighth more lets a small answer come without a pause. */
    private long windowFor(Peer peer) {
        long bytes = 0;
        for (int map = peer.waiting.nextSetBit(0); map >= 0; map = peer.waiting.nextSetBit(map + 1)) {
            bytes += input.sources().get(map).bytes();
            if (bytes >= settings.windowBytes()) {
                return settings.windowBytes();
            }
        }
        return Math.min(settings.windowBytes(), bytes + bytes / 8 + 1024);
    }

    private void giveUp(int map, String why) {
        isOver = true;
        for (int requestId : askedPeers.keySet()) {
            out.add(new FetchEffect.Cancel(requestId));
        }
        MapSource source = input.sources().get(map);
        ExecutorAddress executor = input.executors().get(source.executor());
        AttemptId attempt = source.mapAttempt();
        String message = "cannot fetch map output " + attempt + " of shuffle " + input.shuffleId() + ", partition "
                + input.leafPartition() + " (about " + source.bytes() + " bytes), from executor "
                + executor.executorId()
                + " at " + executor.host() + ":" + executor.port() + ": " + why;
        out.add(new FetchEffect.GiveUp(
                new TaskFailure.FetchFailed(input.shuffleId(), attempt, executor.executorId(), message)));
    }

    /** Null for a request that is over: late and doubled events are no news. */
    private Peer peerAsked(int requestId) {
        return askedPeers.get(requestId);
    }

    /** One executor that holds map outputs, and the request to it if there is one. */
    private static final class Peer {
        private final int executor;
        private Route route;

        /** How the next request goes. */
        private Route nextRoute;

        /** Maps to ask for. */
        private final BitSet waiting = new BitSet();

        /** Maps of the open request that are not finished. */
        private final BitSet asked = new BitSet();

        private int requestId = NONE;
        private long window;
        private long lastProgressMs;
        private int tries;
        private long notBeforeMs;
        private int failedMap = NONE;
        private String failure = "";

        Peer(int executor, Route route) {
            this.executor = executor;
            this.route = route;
            this.nextRoute = route;
        }

        /** False when it was not asked for, or has come before. */
        boolean finish(int map) {
            boolean isAsked = asked.get(map);
            asked.clear(map);
            return isAsked;
        }

        List<Integer> askedMaps() {
            List<Integer> maps = new ArrayList<>(asked.cardinality());
            for (int map = asked.nextSetBit(0); map >= 0; map = asked.nextSetBit(map + 1)) {
                maps.add(map);
            }
            return List.copyOf(maps);
        }
    }
}
