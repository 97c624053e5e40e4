package dev.kindling.driver.core;

import dev.kindling.api.KindlingListener.ExitReason;
import dev.kindling.protocol.ExecutorAddress;
import dev.kindling.util.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Executors by their state: <em>requested</em> (the launcher was asked), <em>registered</em>, <em>lost</em> (fenced:
 * whatever a lost process says is refused, and so is what an earlier one of the same name may still have said).
 *
 * <p>Silence is measured in the driver's own waking time: a pause of the driver itself makes no executor silent. The
 * registered ones stand in the order in which they were last heard of, so a tick looks at the silent ones only.
 */
final class ExecutorTable {
    /** Names whose lost processes are remembered; far more than can still be alive. */
    private static final int KEPT_FENCED = 10_000;

    private final LinkedHashMap<String, ExecutorState> registered = new LinkedHashMap<>();
    private final SilenceOrder bySilence = new SilenceOrder();
    private final TreeMap<String, Long> requestedSinceMs = new TreeMap<>();
    /** Of the launch of each name that has not registered; each is good once. */
    private final TreeMap<String, Secret> awaitedNonces = new TreeMap<>();

    private final TreeMap<String, ExecutorPlace> awaitedPlaces = new TreeMap<>();

    /** The highest lost incarnation of each name, oldest loss first. */
    private final LinkedHashMap<String, Long> fenced = new LinkedHashMap<>();
    /** Names that were replaced before they registered. */
    private final LinkedHashMap<String, ExitReason> abandoned = new LinkedHashMap<>();

    private final ArrayList<ExecutorState> byIndex = new ArrayList<>();
    /** By index. */
    private final TreeMap<Integer, ExecutorState> draining = new TreeMap<>();
    /** Those that take tasks. */
    private final TreeMap<String, Integer> executorsOnHost = new TreeMap<>();

    final Losses losses = new Losses();
    final FullDisks fullDisks = new FullDisks();
    final BrokenLinks brokenLinks = new BrokenLinks();

    void request(String executorId, Secret nonce, ExecutorPlace place, long awakeMs) {
        abandoned.remove(executorId);
        awaitedNonces.put(executorId, nonce);
        awaitedPlaces.put(executorId, place);
        if (!registered.containsKey(executorId)) {
            requestedSinceMs.put(executorId, awakeMs);
        }
    }

    /** It will not come: what a process of this name still says is refused until the name is requested again. */
    boolean abandonRequest(String executorId, ExitReason reason) {
        if (requestedSinceMs.remove(executorId) == null) {
            return false;
        }
        awaitedNonces.remove(executorId);
        awaitedPlaces.remove(executorId);
        abandoned.put(executorId, reason);
        removeOldest(abandoned, KEPT_FENCED);
        losses.record(executorId, reason);
        return true;
    }

    /** Whether a launch with this nonce is to register under this name. */
    boolean isAwaited(String executorId, Secret nonce) {
        return nonce.equals(awaitedNonces.get(executorId));
    }

    ExecutorState register(ExecutorAddress address, Secret nonce, int cores, long memoryBytes, long awakeMs) {
        requestedSinceMs.remove(address.executorId());
        awaitedNonces.remove(address.executorId());
        // Nobody waits for one that only a planted bug lets in.
        ExecutorPlace awaited = awaitedPlaces.remove(address.executorId());
        ExecutorPlace place = awaited == null ? ExecutorPlace.ANY : awaited;
        ExecutorState executor = new ExecutorState(byIndex.size(), address, nonce, place, cores, memoryBytes, awakeMs);
        byIndex.add(executor);
        registered.put(executor.id, executor);
        bySilence.add(executor);
        executorsOnHost.merge(executor.host, 1, Integer::sum);
        return executor;
    }

    Optional<ExecutorState> registered(String executorId) {
        return Optional.ofNullable(registered.get(executorId));
    }

    Optional<ExecutorState> registered(String executorId, long incarnation) {
        return registered(executorId).filter(executor -> executor.incarnation == incarnation);
    }

    /** Any process that ever registered, by its index. */
    ExecutorState byIndex(int index) {
        return byIndex.get(index);
    }

    Collection<ExecutorState> registered() {
        return bySilence;
    }

    boolean isFenced(String executorId, long incarnation) {
        Long highest = fenced.get(executorId);
        return highest != null && incarnation <= highest || abandoned.containsKey(executorId);
    }

    boolean hasExecutorOn(String host) {
        return executorsOnHost.containsKey(host);
    }

    /** How many are on their way. */
    int requestedCount() {
        return requestedSinceMs.size();
    }

    /** Those that take tasks, in the order in which they registered. */
    List<ExecutorState> staying() {
        TreeMap<Integer, ExecutorState> staying = new TreeMap<>();
        for (ExecutorState executor : bySilence) {
            if (!executor.isDraining()) {
                staying.put(executor.index, executor);
            }
        }
        return new ArrayList<>(staying.values());
    }

    /** Neither registered nor on its way. */
    boolean isEmpty() {
        return registered.isEmpty() && requestedSinceMs.isEmpty();
    }

    /** Of those that take tasks. */
    int liveCount() {
        return registered.size() - draining.size();
    }

    /** Of those that take tasks which read shuffles or write them. */
    int usableCount() {
        return liveCount() - brokenLinks.setAsideCount();
    }

    /** Whether a task of the stage had better run elsewhere, and may. */
    boolean isAvoided(ExecutorState executor, StageState stage) {
        return brokenLinks.isAvoided(executor, stage) || fullDisks.isAvoided(executor, usableCount());
    }

    /** It takes nothing more, though it still lives. */
    void drain(ExecutorState executor, Drain drain) {
        executor.drain = drain;
        draining.put(executor.index, executor);
        leaveHost(executor);
        fullDisks.gone(executor);
        brokenLinks.gone(executor);
    }

    /** In the order in which they registered. */
    List<ExecutorState> draining() {
        return new ArrayList<>(draining.values());
    }

    /** Of all executors that are registered. */
    int coreCount() {
        int cores = 0;
        for (ExecutorState executor : bySilence) {
            cores += executor.cores;
        }
        return cores;
    }

    void seen(ExecutorState executor, long awakeMs) {
        bySilence.moveToEnd(executor);
        executor.lastSeenMs = awakeMs;
        executor.isWarned = false;
    }

    /** Those not heard of since {@code sinceMs}, longest silence first. */
    List<ExecutorState> silentSince(long sinceMs) {
        List<ExecutorState> silent = new ArrayList<>();
        for (ExecutorState executor : bySilence) {
            if (executor.lastSeenMs > sinceMs) {
                break;
            }
            silent.add(executor);
        }
        return silent;
    }

    /** Requested ones that have not registered, asked for not later than {@code sinceMs}. */
    List<String> requestedBefore(long sinceMs) {
        List<String> late = new ArrayList<>();
        for (Map.Entry<String, Long> request : requestedSinceMs.entrySet()) {
            if (request.getValue() <= sinceMs) {
                late.add(request.getKey());
            }
        }
        return late;
    }

    void lose(ExecutorState executor, ExitReason reason) {
        executor.isLost = true;
        registered.remove(executor.id);
        bySilence.remove(executor);
        if (draining.remove(executor.index) == null) {
            leaveHost(executor);
        }
        fenced.remove(executor.id);
        fenced.put(executor.id, executor.incarnation);
        removeOldest(fenced, KEPT_FENCED);
        losses.record(executor.id, reason);
        fullDisks.gone(executor);
        brokenLinks.gone(executor);
    }

    private void leaveHost(ExecutorState executor) {
        executorsOnHost.computeIfPresent(executor.host, (host, count) -> count == 1 ? null : count - 1);
    }

    private static void removeOldest(LinkedHashMap<String, ?> entries, int kept) {
        if (entries.size() > kept) {
            Iterator<String> oldest = entries.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }
}
