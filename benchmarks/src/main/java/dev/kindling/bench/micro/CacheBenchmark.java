package dev.kindling.bench.micro;

import dev.kindling.api.KindlingContext;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.serde.RowReader;
import dev.kindling.serde.RowWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds a row for a job over a cached set of ten million rows on {@code local[1]}, beside a bare loop that decodes
 * pages of the same rows into the same objects, and beside a job that has as many tasks and hardly a row.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(CacheBenchmark.ROWS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g", "-XX:+UseParallelGC"})
public class CacheBenchmark {
    static final int ROWS = 10_000_000;
    private static final int PARTITIONS = 4;
    private static final int BATCH = 1_024;
    private static final int PAGE_BYTES = 64 << 10;
    private static final int CHUNK_ROWS = 1 << 17;

    @Param({"ints", "pairs", "strings"})
    public String rows;

    private final ClassLoader loader = CacheBenchmark.class.getClassLoader();
    private final List<byte[]> chunks = new ArrayList<>();
    private final Object[] batch = new Object[BATCH];
    private KindlingContext kindling;
    private RDD<Object> cached;
    private RDD<Long> few;

    @Setup
    public void fill() {
        String kind = rows;
        kindling = KindlingContext.local(1);
        cached = kindling.range(0, ROWS, 1, PARTITIONS)
                .map(i -> rowOf(kind, i.intValue()))
                .cache();
        few = kindling.range(0, PARTITIONS, 1, PARTITIONS).cache();
        RowWriter writer = new RowWriter(loader, PAGE_BYTES);
        for (int i = 0; i < ROWS; i++) {
            writer.append(rowOf(kind, i));
            if (i % CHUNK_ROWS == CHUNK_ROWS - 1 || i == ROWS - 1) {
                chunks.add(writer.takeBytes());
            }
        }
        requireRows(cachedCount(), ROWS);
        requireRows(cachedCount(), ROWS);
        pageScan();
    }

    private static void requireRows(long found, long expected) {
        if (found != expected) {
            throw new IllegalStateException(found + " rows of " + expected + " came; the figures would mean nothing");
        }
    }

    private static Object rowOf(String kind, int i) {
        int number = (int) (i * 7_919L % 1_000_003);
        return switch (kind) {
            case "ints" -> number;
            case "pairs" -> Tuple2.of(number, i);
            default -> "row " + number;
        };
    }

    @TearDown
    public void close() {
        kindling.close();
    }

    /** Chunks of rows say how many they hold: no row is made. */
    @Benchmark
    public long cachedCount() {
        return cached.count();
    }

    /** Every row is made and looked at, as in {@link #pageScan}, behind the iterator that user code sees. */
    @Benchmark
    public void cachedPass() {
        cached.foreachPartition(rows -> {
            long rowCount = 0;
            while (rows.hasNext()) {
                if (rows.next() != null) {
                    rowCount++;
                }
            }
            requireRows(rowCount, ROWS / PARTITIONS);
        });
    }

    /** What a job costs without its rows, as a part of each of them. */
    @Benchmark
    public long jobAlone() {
        return few.count();
    }

    /** One call of a function and one of an iterator for each row. */
    @Benchmark
    public long cachedFilterCount() {
        return cached.filter(row -> row != null).count();
    }

    @Benchmark
    public void pageScan() {
        RowReader reader = new RowReader(loader);
        long rowCount = 0;
        for (byte[] chunk : chunks) {
            reader.reset(chunk, 0, chunk.length);
            for (int count = reader.read(batch, 0, BATCH); count > 0; count = reader.read(batch, 0, BATCH)) {
                for (int i = 0; i < count; i++) {
                    if (batch[i] != null) {
                        rowCount++;
                    }
                }
            }
        }
        requireRows(rowCount, ROWS);
    }
}
