package dev.kindling.bench.micro;

import dev.kindling.bench.storage.Lines;
import dev.kindling.bench.storage.TextShape;
import dev.kindling.config.Config;
import dev.kindling.storage.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Milliseconds for the lines of 16 MiB of text in the page cache, beside Hadoop's reader and a {@code BufferedReader}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LineBenchmark {
    private static final Stores STORES = new Stores(Config.defaults());

    /** Bytes of text. */
    public long textBytes = 16 << 20;

    @Param({"SHORT", "LONG", "UTF8"})
    public TextShape shape;

    private Path file;

    @Setup
    public void write() throws IOException {
        file = Files.createTempFile("kindling-bench-", ".txt");
        shape.write(file, textBytes);
        try (Lines ours = kindling();
                Lines hadoops = Lines.ofHadoop(file);
                Lines jdks = Lines.ofJdk(file)) {
            long sum = ours.sum();
            if (sum != hadoops.sum() || sum != jdks.sum()) {
                throw new IllegalStateException("lines differ; the figures would mean nothing");
            }
        }
    }

    @TearDown
    public void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private Lines kindling() throws IOException {
        return Lines.ofKindling(STORES, file.toString(), Files.size(file));
    }

    @Benchmark
    public Lines.Count lineReader() throws IOException {
        try (Lines lines = kindling()) {
            return lines.count();
        }
    }

    @Benchmark
    public Lines.Count hadoop() throws IOException {
        try (Lines lines = Lines.ofHadoop(file)) {
            return lines.count();
        }
    }

    @Benchmark
    public Lines.Count bufferedReader() throws IOException {
        try (Lines lines = Lines.ofJdk(file)) {
            return lines.count();
        }
    }
}
