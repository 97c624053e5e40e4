package dev.kindling.executor.memory;

import dev.kindling.config.MemoryMap;
import dev.kindling.executor.core.MemoryArbiter;
import dev.kindling.metrics.MemoryWaitEvent;
import dev.kindling.metrics.Recorder;
import dev.kindling.util.JvmBeans;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The page memory of one executor. Any thread; every question is answered at once. Attempts ask for units of up to
 * 1 MiB and hand out of them themselves, so the lock is taken rarely.
 */
public final class MemoryPool {
    private static final long MAX_UNIT_BYTES = 1 << 20;
    private static final long MIN_UNIT_BYTES = 16 << 10;
    private static final int MAX_EVICTIONS = 8;

    private final Object lock = new Object();
    private final MemoryArbiter arbiter;
    private final long unitBytes;
    private final MemoryMap map;
    private int lastTask;
    private final List<Evictor> evictors = new CopyOnWriteArrayList<>();

    /** Gives up stored blocks. */
    @FunctionalInterface
    public interface Evictor {
        /**
         * Drops blocks of {@code bytes} or more, or as much as it can, and gives their memory back to the pool; returns
         * how much. Called on the thread of whoever wants memory, no lock held.
         */
        long evict(long bytes);
    }

    /**
     * @param poolBytes all page memory, execution and storage
     * @param slots attempts that can run at once
     */
    public MemoryPool(long poolBytes, int slots) {
        this(MemoryMap.ofPages(poolBytes, slots));
    }

    private MemoryPool(MemoryMap map) {
        this(map, new MemoryArbiter(map.pageBytes(), map.tasks()));
    }

    public MemoryPool(MemoryMap map, MemoryArbiter arbiter) {
        this.map = map;
        this.arbiter = arbiter;
        // An eighth of the guarantee: a task is never refused its guaranteed share by more than rounding.
        this.unitBytes = Math.max(MIN_UNIT_BYTES, Math.min(MAX_UNIT_BYTES, arbiter.guaranteedBytes() / 8));
    }

    /** For this JVM: half of its old generation, so that pages and what the user holds fit side by side. */
    public static MemoryPool ofThisJvm(int slots) {
        return new MemoryPool(MemoryMap.of(Runtime.getRuntime().maxMemory(), oldGenerationBytes(), slots));
    }

    private static long oldGenerationBytes() {
        for (MemoryPoolMXBean pool : JvmBeans.memoryPools()) {
            String name = pool.getName();
            boolean isOld = name.contains("Old Gen") || name.contains("Tenured");
            if (pool.getType() == MemoryType.HEAP && isOld && pool.getUsage().getMax() > 0) {
                return pool.getUsage().getMax();
            }
        }
        return Runtime.getRuntime().maxMemory() * 2 / 3;
    }

    /** One more who drops stored blocks when execution needs their memory; the first added is asked first. */
    public void evictWith(Evictor evictor) {
        evictors.add(evictor);
    }

    /** Memory for an attempt that starts; closing it gives everything back. More than one a slot have no guarantee. */
    public AttemptMemory openTask() {
        synchronized (lock) {
            int task = ++lastTask;
            arbiter.open(task);
            return new AttemptMemory(this, task, unitBytes);
        }
    }

    boolean acquire(int task, long bytes) {
        for (int tries = 0; ; tries++) {
            MemoryArbiter.Grant grant;
            synchronized (lock) {
                grant = arbiter.acquire(task, bytes);
            }
            // What was evicted for one may have been taken by another, who evicted nothing: not for ever.
            if (grant.evictBytes() == 0 || tries == MAX_EVICTIONS || evict(grant.evictBytes()) == 0) {
                return grant.isGranted();
            }
        }
    }

    private long evict(long bytes) {
        Optional<MemoryWaitEvent> wait = Recorder.memoryWait();
        long freed = 0;
        for (Evictor evictor : evictors) {
            freed += freed < bytes ? evictor.evict(bytes - freed) : 0;
        }
        if (wait.isPresent()) {
            record(wait.get(), bytes, freed);
        }
        return freed;
    }

    private static void record(MemoryWaitEvent wait, long bytes, long freed) {
        wait.end();
        if (wait.shouldCommit()) {
            wait.bytes = bytes;
            wait.evictedBytes = freed;
            wait.commit();
        }
    }

    void release(int task, long bytes) {
        synchronized (lock) {
            arbiter.release(task, bytes);
        }
    }

    long guaranteed(int task) {
        synchronized (lock) {
            return arbiter.guaranteedBytes(task);
        }
    }

    long share() {
        synchronized (lock) {
            return arbiter.shareBytes();
        }
    }

    void close(int task) {
        synchronized (lock) {
            arbiter.close(task);
        }
    }

    /** Room for a stored block; false when there is none and the block belongs on disk. */
    public boolean tryAcquireStorage(long bytes) {
        synchronized (lock) {
            return arbiter.acquireStorage(bytes);
        }
    }

    /** Gives back what a dropped block held. */
    public void releaseStorage(long bytes) {
        synchronized (lock) {
            arbiter.releaseStorage(bytes);
        }
    }

    /** How the memory of this executor is divided. */
    public MemoryMap map() {
        return map;
    }

    public long poolBytes() {
        return arbiter.poolBytes();
    }
}
