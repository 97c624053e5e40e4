package dev.kindling.driver.sim;

import dev.kindling.config.MemoryMap;
import dev.kindling.executor.memory.TaskMemory;
import java.util.SplittableRandom;

/** Memory of a task that mostly gets nothing beyond what it is guaranteed. */
final class ScarceMemory implements TaskMemory {
    private final TaskMemory memory;
    private final SplittableRandom random;

    ScarceMemory(TaskMemory memory, SplittableRandom random) {
        this.memory = memory;
        this.random = random;
    }

    @Override
    public boolean tryAcquire(long bytes) {
        boolean isGuaranteed = memory.held() + bytes <= memory.guaranteed();
        return (isGuaranteed || random.nextInt(4) == 0) && memory.tryAcquire(bytes);
    }

    @Override
    public void release(long bytes) {
        memory.release(bytes);
    }

    @Override
    public long held() {
        return memory.held();
    }

    @Override
    public long guaranteed() {
        return memory.guaranteed();
    }

    @Override
    public long share() {
        return memory.share();
    }

    @Override
    public long peak() {
        return memory.peak();
    }

    @Override
    public long maxRowBytes() {
        return memory.maxRowBytes();
    }

    @Override
    public MemoryMap map() {
        return memory.map();
    }
}
