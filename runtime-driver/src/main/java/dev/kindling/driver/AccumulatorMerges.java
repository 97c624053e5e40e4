package dev.kindling.driver;

import dev.kindling.api.Accumulator;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.ListAccumulator;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.rdd.AccumulatorRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What tasks have added to accumulators and nobody has merged yet. The driver's loop puts it in; an io thread merges
 * soon, so that a program can watch, and the thread whose action ends merges what is left before the action returns.
 * Merging runs code of the program: never on the loop, and one thread at a time.
 */
final class AccumulatorMerges {
    private static final int MAX_EVENT_CHARS = 256;

    private final AccumulatorRegistry registry;
    private final Executor io;
    private final BiConsumer<Integer, KindlingException> onFailure;
    private final AtomicBoolean isMergingSoon = new AtomicBoolean();
    private final ConcurrentLinkedQueue<DriverEffect.MergeUpdates> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Object merging = new Object();
    private final Map<Integer, OfJob> jobs = new ConcurrentHashMap<>();

    /** What has come of one job's updates; its fields are guarded by {@code merging}. */
    private static final class OfJob {
        private final SortedSet<Long> changed = new TreeSet<>();
        private KindlingException failure;
    }

    /** @param onFailure told once a job that an update of it cannot be merged */
    AccumulatorMerges(AccumulatorRegistry registry, Executor io, BiConsumer<Integer, KindlingException> onFailure) {
        this.registry = registry;
        this.io = io;
        this.onFailure = onFailure;
    }

    void begin(int jobId) {
        jobs.put(jobId, new OfJob());
    }

    /** To be merged soon; answers the bytes that wait now. */
    long add(DriverEffect.MergeUpdates updates) {
        waiting.add(updates);
        long bytes = waitingBytes.addAndGet(bytesOf(updates));
        if (isMergingSoon.compareAndSet(false, true)) {
            io.execute(() -> {
                isMergingSoon.set(false);
                mergeWaiting();
            });
        }
        return bytes;
    }

    private void mergeWaiting() {
        synchronized (merging) {
            for (DriverEffect.MergeUpdates next = waiting.poll(); next != null; next = waiting.poll()) {
                waitingBytes.addAndGet(-bytesOf(next));
                merge(next);
            }
        }
    }

    private void merge(DriverEffect.MergeUpdates updates) {
        OfJob job = jobs.getOrDefault(updates.jobId(), new OfJob());
        for (AccumulatorUpdate update : updates.updates()) {
            try {
                registry.merge(update);
                job.changed.add(update.accumulatorId());
            } catch (KindlingException e) {
                if (job.failure == null) {
                    job.failure = e;
                    onFailure.accept(updates.jobId(), e);
                }
            }
        }
    }

    private static long bytesOf(DriverEffect.MergeUpdates updates) {
        long bytes = 0;
        for (AccumulatorUpdate update : updates.updates()) {
            bytes += update.partial().length;
        }
        return bytes;
    }

    /**
     * The job has ended: merges what waits, says what the job has made of named accumulators, and why one of its
     * updates could not be merged, if so.
     */
    Optional<KindlingException> end(int jobId, Instant time, Consumer<Event> events) {
        mergeWaiting();
        synchronized (merging) {
            OfJob job = jobs.remove(jobId);
            for (long id : job.changed) {
                registry.find(id)
                        .filter(accumulator -> accumulator.name().isPresent())
                        .ifPresent(accumulator -> events.accept(eventOf(time, jobId, accumulator)));
            }
            return Optional.ofNullable(job.failure);
        }
    }

    private static Event eventOf(Instant time, int jobId, Accumulator<?, ?> accumulator) {
        return new Event.AccumulatorChanged(
                time, jobId, accumulator.id(), accumulator.name().orElse(""), textOf(accumulator));
    }

    /** A number as it is; of values that may be rows only how many they are. */
    private static String textOf(Accumulator<?, ?> accumulator) {
        if (accumulator instanceof ListAccumulator<?> list) {
            return list.value().size() + " values";
        }
        String text;
        try {
            text = String.valueOf(accumulator.value());
        } catch (RuntimeException e) {
            text = "value() threw " + e;
        }
        return text.length() <= MAX_EVENT_CHARS ? text : text.substring(0, MAX_EVENT_CHARS) + "...";
    }
}
