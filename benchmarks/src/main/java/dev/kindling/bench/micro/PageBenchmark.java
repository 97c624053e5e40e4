package dev.kindling.bench.micro;

import dev.kindling.api.Tuple2;
import dev.kindling.serde.RowReader;
import dev.kindling.serde.RowWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Nanoseconds a row for the two halves of a shuffle's encoding, beside Java serialization of the same rows.
 * {@code rows} says what they are: pairs of numbers become columns, pairs of mixed classes go to Kryo.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(PageBenchmark.ROWS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PageBenchmark {
    static final int ROWS = 8_192;
    private static final int PAGE_BYTES = 64 << 10;

    @Param({"numbers", "strings", "mixed"})
    public String rows;

    private final ClassLoader loader = PageBenchmark.class.getClassLoader();
    private final Object[] source = new Object[ROWS];
    private final Object[] target = new Object[ROWS];
    private byte[] pages;
    private byte[] serialized;

    @Setup
    public void fill() throws IOException {
        for (int i = 0; i < ROWS; i++) {
            int key = (i * 31) % 1_000;
            source[i] = switch (rows) {
                case "numbers" -> Tuple2.of(key, i);
                case "strings" -> Tuple2.of("key-" + key, "value-" + i);
                default -> Tuple2.of(key, i % 2 == 0 ? (Object) i : "value-" + i);
            };
        }
        pages = write();
        serialized = writeJava();
        if (read() != ROWS) {
            throw new IllegalStateException("rows were lost; the figures would mean nothing");
        }
    }

    @Benchmark
    public byte[] write() {
        RowWriter writer = new RowWriter(loader, PAGE_BYTES);
        writer.append(source, 0, ROWS);
        return writer.takeBytes();
    }

    @Benchmark
    public int read() {
        RowReader reader = new RowReader(loader);
        reader.reset(pages, 0, pages.length);
        return reader.read(target, 0, ROWS);
    }

    @Benchmark
    public byte[] writeJava() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            for (Object row : source) {
                out.writeObject(row);
            }
        }
        return bytes.toByteArray();
    }

    @Benchmark
    public int readJava() throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(serialized))) {
            for (int i = 0; i < ROWS; i++) {
                target[i] = in.readObject();
            }
        }
        return ROWS;
    }
}
