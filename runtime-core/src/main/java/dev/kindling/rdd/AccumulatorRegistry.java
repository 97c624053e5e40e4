package dev.kindling.rdd;

import dev.kindling.api.Accumulator;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.serde.ClosureCodec;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The accumulators of an application by their numbers. They live as long as the program holds them: what tasks add to
 * one that nobody can read any more is dropped. Safe for many threads.
 */
public final class AccumulatorRegistry {
    private final ClassLoader userClasses;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
    private final ReferenceQueue<Accumulator<?, ?>> unreachable = new ReferenceQueue<>();

    /** @param userClasses loads the program's classes, as partial values hold them */
    public AccumulatorRegistry(ClassLoader userClasses) {
        this.userClasses = userClasses;
    }

    private static final class Entry extends WeakReference<Accumulator<?, ?>> {
        private final long id;

        Entry(long id, Accumulator<?, ?> accumulator, ReferenceQueue<Accumulator<?, ?>> unreachable) {
            super(accumulator, unreachable);
            this.id = id;
        }
    }

    /** Its number from now on. */
    public long add(Accumulator<?, ?> accumulator) {
        for (Reference<?> gone = unreachable.poll(); gone != null; gone = unreachable.poll()) {
            entries.remove(((Entry) gone).id);
        }
        long id = ids.getAndIncrement();
        entries.put(id, new Entry(id, accumulator, unreachable));
        return id;
    }

    /** Empty when the program has let go of it. */
    public Optional<Accumulator<?, ?>> find(long id) {
        Entry entry = entries.get(id);
        return Optional.ofNullable(entry == null ? null : entry.get());
    }

    /**
     * Adds what an attempt added. Runs code of the program.
     *
     * @throws KindlingException when that code throws, or the partial value cannot be read here
     */
    public void merge(AccumulatorUpdate update) {
        Accumulator<?, ?> accumulator = find(update.accumulatorId()).orElse(null);
        if (accumulator != null) {
            merge(accumulator, ClosureCodec.decode(update.partial(), userClasses));
        }
    }

    @SuppressWarnings("unchecked")
    private static void merge(Accumulator<?, ?> accumulator, Object partial) {
        try {
            // The same lock as that of the copies made for tasks.
            synchronized (accumulator) {
                ((Accumulator<Object, Object>) accumulator).merge((Accumulator<Object, Object>) partial);
            }
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            throw new KindlingException(
                    ErrorCode.USER_CODE_FAILED,
                    accumulator + " cannot take what a task added: merge threw " + e
                            + "; its value misses this partition",
                    e);
        }
    }
}
