package dev.kindling.bench.storage;

import dev.kindling.storage.LineReader;
import dev.kindling.storage.Split;
import dev.kindling.storage.Split.FileRange;
import dev.kindling.storage.Stores;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/** The lines of a file as strings, a batch at a time, by one way to read them. Used by one thread. */
public interface Lines extends Closeable {
    int BATCH_ROWS = 1_024;

    /** As many as there are and fit; 0 at the end. */
    int read(Object[] batch) throws IOException;

    /** What is common to all ways: characters and lines, to see that none is lost. */
    record Count(long lines, long characters) {
        Count plus(Count other) {
            return new Count(lines + other.lines, characters + other.characters);
        }
    }

    /** Reads to the end. */
    default Count count() throws IOException {
        Object[] batch = new Object[BATCH_ROWS];
        long lines = 0;
        long characters = 0;
        for (int rows = read(batch); rows > 0; rows = read(batch)) {
            for (int i = 0; i < rows; i++) {
                characters += ((String) batch[i]).length();
            }
            lines += rows;
        }
        return new Count(lines, characters);
    }

    /** Reads to the end; two ways with the same sum have found the same lines in the same order. */
    default long sum() throws IOException {
        Object[] batch = new Object[BATCH_ROWS];
        long sum = 1;
        for (int rows = read(batch); rows > 0; rows = read(batch)) {
            for (int i = 0; i < rows; i++) {
                sum = 31 * sum + batch[i].hashCode();
            }
        }
        return sum;
    }

    /** By Kindling, from any store. */
    static Lines ofKindling(Stores stores, String path, long byteCount) {
        return ofKindling(stores, new FileRange(path, 0, byteCount, byteCount, ""));
    }

    /** Those of a part of a file. */
    static Lines ofKindling(Stores stores, FileRange range) {
        LineReader reader = new LineReader(stores, new Split(List.of(range), List.of()));
        return new Lines() {
            @Override
            public int read(Object[] batch) throws IOException {
                return reader.read(batch, 0, batch.length);
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    /** By Hadoop's reader and {@code Text.toString}, without checksum files. */
    static Lines ofHadoop(Path file) throws IOException {
        Configuration settings = new Configuration(false);
        settings.set("fs.file.impl", "org.apache.hadoop.fs.RawLocalFileSystem");
        LineRecordReader reader = new LineRecordReader();
        reader.initialize(
                new FileSplit(new org.apache.hadoop.fs.Path(file.toUri()), 0, Files.size(file), new String[0]),
                new TaskAttemptContextImpl(settings, new TaskAttemptID()));
        return new Lines() {
            @Override
            public int read(Object[] batch) throws IOException {
                int rows = 0;
                while (rows < batch.length && reader.nextKeyValue()) {
                    batch[rows++] = reader.getCurrentValue().toString();
                }
                return rows;
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    /** By the JDK. */
    static Lines ofJdk(Path file) throws IOException {
        BufferedReader reader = Files.newBufferedReader(file);
        return new Lines() {
            @Override
            public int read(Object[] batch) throws IOException {
                int rows = 0;
                while (rows < batch.length) {
                    String line = reader.readLine();
                    if (line == null) {
                        break;
                    }
                    batch[rows++] = line;
                }
                return rows;
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }
}
