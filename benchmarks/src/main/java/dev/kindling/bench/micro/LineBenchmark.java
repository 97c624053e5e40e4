package dev.kindling.bench.micro;

import dev.kindling.config.Config;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.storage.LineReader;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitPlanner;
import dev.kindling.storage.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds a line for a file like the demo's, in the page cache, beside a {@code BufferedReader}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(LineBenchmark.LINES)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LineBenchmark {
    private static final Stores STORES = new Stores(Config.defaults());

    static final int LINES = 100_000;
    private static final int BATCH = 1_024;

    private Path file;
    private Split split;

    @Setup
    public void write() throws IOException {
        file = Files.createTempFile("kindling-bench-", ".tsv");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            text.append(i % 1_000).append('\t').append(i).append('\n');
        }
        Files.writeString(file, text);
        split = SplitPlanner.plan(STORES, file.toString(), false, 1, Format.TEXT_LINES)
                .get(0);
        if (lineReader() != LINES || bufferedReader() != LINES) {
            throw new IllegalStateException("lines were lost; the figures would mean nothing");
        }
    }

    @TearDown
    public void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    @Benchmark
    public int lineReader() throws IOException {
        Object[] batch = new Object[BATCH];
        int lines = 0;
        try (LineReader reader = new LineReader(STORES, split)) {
            int count = reader.read(batch, 0, BATCH);
            while (count > 0) {
                lines += count;
                count = reader.read(batch, 0, BATCH);
            }
        }
        return lines;
    }

    @Benchmark
    public int bufferedReader() throws IOException {
        int lines = 0;
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            while (reader.readLine() != null) {
                lines++;
            }
        }
        return lines;
    }
}
