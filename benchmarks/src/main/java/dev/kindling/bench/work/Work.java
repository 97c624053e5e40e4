package dev.kindling.bench.work;

import java.util.ArrayList;
import java.util.List;

/**
 * One thing to measure, the same for every engine.
 *
 * @param id as on the command line and in results, such as {@code W1} or {@code ints-200}
 * @param title a few words for tables
 * @param rows rows of the input at full scale, of {@link Kind#EMPTY_TASKS} tasks
 * @param partitions of the shuffle; of the input where the kind says so
 * @param jobsPerRun a run is so many jobs, one after the other; its times are divided by them
 */
public record Work(String id, Kind kind, String title, long rows, int partitions, int jobsPerRun) {
    /** What is done; each engine has a program for each. */
    public enum Kind {
        ZIP_COUNT(true),
        /** The same; with what an engine has for columns beside functions over lines. */
        ZIP_COUNT_COLUMNS(true),
        GROUP_SUM(false),
        SORT(true),
        WORD_COUNT(true),
        CACHED_PASSES(false),
        TWO_TASKS(false),
        EMPTY_TASKS(false),
        SHUFFLE_LONGS(false),
        SHUFFLE_INTS(false),
        SHUFFLE_STRINGS(false),
        SHUFFLE_RECORDS(false),
        SHUFFLE_VISITS(false);

        private final boolean readsFile;

        Kind(boolean readsFile) {
            this.readsFile = readsFile;
        }

        public boolean readsFile() {
            return readsFile;
        }
    }

    /** Pieces in which files are read and rows are made: four for each of two cores. */
    public static final int INPUT_PARTITIONS = 8;

    /** Words of 500 MB. */
    private static final long WORD_ROWS = 7_400_000;

    /** Rows of W2 and W3. */
    private static final long MILLIONS = 10_000_000;

    public static List<Work> jobs() {
        return List.of(
                new Work("W1", Kind.ZIP_COUNT, "zip count: groupByKey, count, sortByKey", 20_000_000, 8, 1),
                new Work("W1C", Kind.ZIP_COUNT_COLUMNS, "the same, by typed columns", 20_000_000, 8, 1),
                new Work("W2", Kind.GROUP_SUM, "groupByKey of (long, long), walk and sum", 10_000_000, 8, 1),
                new Work("W3", Kind.SORT, "sortByKey of 100-byte records, saved as text", 10_000_000, 8, 1),
                new Work("W4", Kind.WORD_COUNT, "word count: reduceByKey over 500 MB", WORD_ROWS, 8, 1),
                new Work("W5", Kind.CACHED_PASSES, "one pass over a cached set", 10_000_000, 8, 20),
                new Work("W6", Kind.TWO_TASKS, "a job of two tasks", 2, 2, 1_000),
                new Work("W6E", Kind.EMPTY_TASKS, "a job of 10,000 empty tasks", 10_000, 1, 1),
                new Work("W7S", Kind.SHUFFLE_LONGS, "2 M rows, 8 to 8 partitions", 2_000_000, 8, 1),
                new Work("W7L", Kind.SHUFFLE_LONGS, "2 M rows, 256 to 256 partitions", 2_000_000, 256, 1));
    }

    /** Writing and reading one shuffle, for each kind of rows and each number of partitions. */
    public static List<Work> shuffles() {
        List<Work> works = new ArrayList<>();
        for (int partitions : new int[] {8, 200, 2_000}) {
            works.add(new Work("ints-" + partitions, Kind.SHUFFLE_INTS, "(int, int)", 4_000_000, partitions, 1));
            works.add(new Work("longs-" + partitions, Kind.SHUFFLE_LONGS, "(long, long)", 4_000_000, partitions, 1));
            works.add(new Work(
                    "strings-" + partitions, Kind.SHUFFLE_STRINGS, "(string, long)", 4_000_000, partitions, 1));
            works.add(new Work(
                    "records-" + partitions, Kind.SHUFFLE_RECORDS, "100-byte records", 2_000_000, partitions, 1));
            works.add(new Work("visits-" + partitions, Kind.SHUFFLE_VISITS, "user records", 2_000_000, partitions, 1));
        }
        return List.copyOf(works);
    }

    /** The same with ever more rows, up to what no memory holds, and a shuffle whose blocks have one row each. */
    public static List<Work> large() {
        List<Work> works = new ArrayList<>();
        for (int times : new int[] {1, 3, 10, 30}) {
            works.add(new Work("W2x" + times, Kind.GROUP_SUM, "groupByKey of (long, long)", times * MILLIONS, 8, 1));
        }
        for (int times : new int[] {1, 3, 10}) {
            works.add(new Work("W3x" + times, Kind.SORT, "sortByKey of 100-byte records", times * MILLIONS, 8, 1));
        }
        works.add(new Work("W7T", Kind.SHUFFLE_LONGS, "1 M rows, 1000 to 1000 partitions", 1_000_000, 1_000, 1));
        return List.copyOf(works);
    }

    public static Work of(String id) {
        for (List<Work> works : List.of(jobs(), shuffles(), large())) {
            for (Work work : works) {
                if (work.id.equals(id)) {
                    return work;
                }
            }
        }
        throw new IllegalArgumentException("there is no work " + id);
    }

    /** Rows at a scale; a job of two tasks stays one. */
    public long rows(double scale) {
        return kind == Kind.TWO_TASKS ? rows : Math.max(1, Math.round(rows * scale));
    }

    /** In W7 as many as the shuffle has: its cost is that of blocks. */
    public int inputPartitions() {
        return id.startsWith("W7") ? partitions : INPUT_PARTITIONS;
    }
}
