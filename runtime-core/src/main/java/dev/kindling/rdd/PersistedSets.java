package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import dev.kindling.api.StorageLevel;
import dev.kindling.plan.Origin;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Which sets the program wants kept, and how. A mark belongs to the set, not to the object through which it was
 * persisted, and keeps neither alive: a set that the program can no longer reach is given up like one that it has
 * unpersisted. Safe for many threads.
 */
final class PersistedSets {
    private static final int MOST_COPIES = 39;

    private final JobRunner runner;
    private final Map<Integer, Mark> marks = new ConcurrentHashMap<>();

    /**
     * One persisted set.
     *
     * @param handle the object it was persisted through
     * @param another makes one more of the same kind; null when the set cannot be reached any more
     */
    private record Mark(StorageLevel level, WeakReference<RDD<?>> handle, Supplier<RDD<?>> another) {
        RDD<?> rdd() {
            RDD<?> held = handle.get();
            return held != null ? held : another.get();
        }
    }

    PersistedSets(JobRunner runner) {
        this.runner = runner;
    }

    /** @param another as of a mark; must not hold on to the set */
    void persist(Origin origin, RDD<?> set, StorageLevel level, Supplier<RDD<?>> another) {
        check(origin, level);
        Mark mark = new Mark(level, new WeakReference<>(set), another);
        Mark before = marks.putIfAbsent(set.id(), mark);
        if (before == null) {
            runner.persist(set.id(), level, set.getNumPartitions());
        } else if (!before.level.equals(level)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": set " + set.id() + " is persisted as " + before.level
                            + " already; unpersist it before it is persisted as " + level);
        }
    }

    private static void check(Origin origin, StorageLevel level) {
        if (level.useOffHeap()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": there is no memory outside the heap to keep sets in. MEMORY_AND_DISK keeps the same"
                            + " packed pages inside the heap, DISK_ONLY keeps them on disk");
        }
        if (!level.useMemory() && !level.useDisk()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": this level keeps nothing, neither in memory nor on disk; to stop keeping a set,"
                            + " unpersist it");
        }
        if (level.replication() < 1 || level.replication() > MOST_COPIES) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": " + level.replication() + " copies of each partition; 1 to " + MOST_COPIES
                            + " are possible");
        }
    }

    /** @param isBlocking whether to wait until no executor holds anything of it */
    void unpersist(int setId, boolean isBlocking) {
        if (marks.remove(setId) != null) {
            runner.unpersist(setId, isBlocking);
        }
    }

    boolean isPersisted(int setId) {
        return marks.containsKey(setId);
    }

    /** {@link StorageLevel#NONE} for a set that is not persisted. */
    StorageLevel levelOf(int setId) {
        Mark mark = marks.get(setId);
        return mark == null ? StorageLevel.NONE : mark.level;
    }

    /** By their ids. */
    Map<Integer, RDD<?>> all() {
        Map<Integer, RDD<?>> sets = new TreeMap<>();
        marks.forEach((id, mark) -> {
            RDD<?> set = mark.rdd();
            if (set != null) {
                sets.put(id, set);
            }
        });
        return sets;
    }
}
