package dev.kindling.driver.sim;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.block.SpillFile;
import dev.kindling.executor.memory.TaskMemory;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sums by key that take a page of counted memory for each block, and spill when they are refused one. */
final class SpillingSums implements Closeable {
    /** So that a task with several blocks wants more than it is guaranteed, but is guaranteed one page. */
    private static final long PAGE_BYTES = 192 << 10;

    private final TaskEnvironment environment;
    private final TaskMemory memory;
    private final List<Long> spilled = new ArrayList<>();
    private long[] sums = new long[SyntheticTasks.KEY_LIMIT];
    private SpillFile spill;
    private long heldBytes;
    private long memorySpilled;
    private long diskSpilled;

    SpillingSums(TaskEnvironment environment) {
        this.environment = environment;
        this.memory = environment.memory();
    }

    void add(byte[] bytes, int offset, int length) throws IOException {
        if (!memory.tryAcquire(PAGE_BYTES)) {
            spill();
            if (!memory.tryAcquire(PAGE_BYTES)) {
                throw new KindlingException(
                        ErrorCode.OUT_OF_RESOURCES, "not even one page of " + PAGE_BYTES + " bytes is granted");
            }
        }
        heldBytes += PAGE_BYTES;
        SyntheticTasks.add(bytes, offset, length, sums);
    }

    private void spill() throws IOException {
        if (spill == null) {
            spill = environment.openSpill();
        }
        byte[] rows = SyntheticTasks.encode(sums);
        spilled.add(spill.append(rows, 0, rows.length));
        Arrays.fill(sums, 0);
        memory.release(heldBytes);
        memorySpilled += heldBytes;
        diskSpilled += rows.length;
        heldBytes = 0;
    }

    long memorySpilled() {
        return memorySpilled;
    }

    long diskSpilled() {
        return diskSpilled;
    }

    /** All that was added. */
    long[] total() throws IOException {
        byte[] rows = new byte[spilled.isEmpty() ? 0 : SyntheticTasks.ROW_BYTES * SyntheticTasks.KEY_LIMIT];
        for (long position : spilled) {
            SyntheticTasks.add(rows, 0, spill.read(position, rows), sums);
        }
        return sums;
    }

    @Override
    public void close() throws IOException {
        memory.release(heldBytes);
        if (spill != null) {
            spill.close();
        }
    }
}
