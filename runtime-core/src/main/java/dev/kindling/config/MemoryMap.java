package dev.kindling.config;

import dev.kindling.util.ByteSizes;
import java.util.List;

/**
 * How the memory of one executor is divided, for whoever has to size it: errors about memory, {@code kindling status} and
 * {@code kindling config --executor-memory} show it. Immutable.
 *
 * <p>Half of the old generation is for pages: rows as bytes, and as objects where operators keep them, counted to the
 * byte and shared by running tasks and cached blocks. The other half and the young generation are for what nobody
 * counts: objects of user functions, rows on their way, and several copies of one row at a time.
 *
 * @param heapBytes the whole heap
 * @param pageBytes what is counted
 * @param tasks tasks that run at a time
 * @param rowBytes the most that one row may take when it is written
 */
public record MemoryMap(long heapBytes, long pageBytes, int tasks, long rowBytes) {
    private static final long MIB = 1L << 20;

    // Below it the old generation, where pages and groups live, needs more than 40 % of the heap.
    private static final long LARGE_HEAP_MB = 512;

    private static final int LARGE_YOUNG_PERCENT = 60;
    private static final int SMALL_YOUNG_PERCENT = 33;

    // Beside the pages, which take a third of a small heap, a task may have six copies of a row at a time: the last row
    // as an object and the next one, one of another input it is joined with, the array of a page that has just grown,
    // the page, and the chunk it is written to or read from.
    private static final int ROW_SHARE = 30;
    private static final long MIN_ROW_BYTES = 512 << 10;

    /** Limits of an executor process beside its heap, in MiB. */
    public static final int CLASSES_MB = 256;

    public static final int CODE_MB = 96;

    /** Of an executor and of its JVM, beside two for each task. */
    private static final int THREADS = 32;

    /** Of an executor process with a heap of {@code heapBytes}, as its launcher starts it. */
    public static MemoryMap ofProcess(long heapBytes, int tasks) {
        return of(heapBytes, heapBytes - youngMb(heapBytes / MIB) * MIB, tasks);
    }

    /** Of a JVM that divides its heap by itself, {@code oldBytes} of it for what lives long. */
    public static MemoryMap of(long heapBytes, long oldBytes, int tasks) {
        return new MemoryMap(heapBytes, oldBytes / 2, tasks, Math.max(MIN_ROW_BYTES, heapBytes / ROW_SHARE / tasks));
    }

    /** Of so much counted memory, in whatever heap. */
    public static MemoryMap ofPages(long pageBytes, int tasks) {
        return new MemoryMap(4 * pageBytes, pageBytes, tasks, Math.max(MIN_ROW_BYTES, pageBytes / 4 / tasks));
    }

    /** The young generation takes most of a large heap, a third of a 64 MB one, and a share in between. */
    public static long youngMb(long heapMb) {
        long aboveSmallest = Math.max(0, Math.min(heapMb, LARGE_HEAP_MB) - 64);
        long percent = SMALL_YOUNG_PERCENT
                + (LARGE_YOUNG_PERCENT - SMALL_YOUNG_PERCENT) * aboveSmallest / (LARGE_HEAP_MB - 64);
        return Math.max(8, heapMb * percent / 100);
    }

    /** What buffers outside the heap may take. */
    public static long directMb(long heapMb) {
        return Math.max(32, heapMb / 8);
    }

    /** Pages that cached blocks can have while no task wants more than its guarantee. */
    public long mostForBlocks() {
        return pageBytes - tasks * guaranteedForTask();
    }

    /** Pages that cached blocks keep though tasks want them. */
    public long keptForBlocks() {
        return pageBytes / 2;
    }

    /** Pages that a task can have when it runs alone and nothing is cached. */
    public long mostForTask() {
        return tasks == 1 ? pageBytes : pageBytes - (tasks - 1) * (pageBytes / (2L * tasks));
    }

    /** Pages that a task can have whatever the others hold. */
    public long guaranteedForTask() {
        return pageBytes / 4 / tasks;
    }

    /** What its JVM may take beside the heap, for a container that must hold it all. */
    public long outsideHeapMb() {
        long heapMb = heapBytes / MIB;
        // The collector's tables and marks take some percent of the heap, and a thread's stack at most one MiB.
        long collectorMb = 16 + heapMb / 32;
        return directMb(heapMb) + CLASSES_MB + CODE_MB + collectorMb + THREADS + 2L * tasks;
    }

    /** What an executor process may take, but for the stacks of its threads. */
    public long processBytes() {
        return heapBytes + (directMb(heapBytes / MIB) + CLASSES_MB + CODE_MB) * MIB;
    }

    /** In one line, without a full stop. */
    @Override
    public String toString() {
        return "of the heap of " + ByteSizes.format(heapBytes) + ", " + ByteSizes.format(pageBytes)
                + " are counted pages for tasks and cached blocks: "
                + (tasks == 1 ? "the one task has" : "each of " + tasks + " tasks has") + " from "
                + ByteSizes.format(guaranteedForTask()) + " to " + ByteSizes.format(mostForTask())
                + " of them and blocks keep up to " + ByteSizes.format(keptForBlocks())
                + "; one row may take " + ByteSizes.format(rowBytes) + ", functions use the rest";
    }

    /** The map of an executor process, a part a line, with what each part is for. */
    public List<String> lines() {
        long heapMb = heapBytes / MIB;
        return List.of(
                line(heapBytes, "heap (kindling.executor.memory)"),
                line(pageBytes, "  counted pages: rows of shuffles, sorts, groups and cached blocks"),
                line(mostForTask(), "    most for one task, when it runs alone"),
                line(pageBytes / tasks, "    most for each task when " + tasks + " run (kindling.executor.cores)"),
                line(guaranteedForTask(), "    for each task whatever others hold; with less it spills to disk"),
                line(mostForBlocks(), "    most for cached blocks"),
                line(keptForBlocks(), "    cached blocks that tasks cannot push out"),
                line(heapBytes - pageBytes, "  not counted: objects of functions, rows on their way"),
                line(rowBytes, "    largest row"),
                line(directMb(heapMb) * MIB, "buffers of files and sockets outside the heap, at most"),
                line(CLASSES_MB * MIB, "classes, at most"),
                line(CODE_MB * MIB, "compiled code, at most"));
    }

    private static String line(long bytes, String what) {
        return String.format("%9s  %s", ByteSizes.format(bytes), what);
    }
}
