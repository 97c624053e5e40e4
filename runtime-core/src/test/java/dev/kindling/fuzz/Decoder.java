package dev.kindling.fuzz;

import dev.kindling.api.Column;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.block.BlockFormat;
import dev.kindling.block.BlockHeader;
import dev.kindling.block.BlockParser;
import dev.kindling.classpath.ProgramFile;
import dev.kindling.config.Config;
import dev.kindling.event.EventLog;
import dev.kindling.plan.PlanNode;
import dev.kindling.protocol.DataFrame;
import dev.kindling.protocol.Frame;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.protocol.FrameSamples;
import dev.kindling.protocol.ProtocolException;
import dev.kindling.rpc.ApplicationCredentials;
import dev.kindling.serde.ClosureCodec;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.LineReader;
import dev.kindling.storage.ObjectFile;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitCodec;
import dev.kindling.storage.Stores;
import dev.kindling.util.FileTrees;
import dev.kindling.util.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Everything that makes something of bytes which others wrote: what it says to bytes that are not right, and some that are.
 * Pages of rows and broadcast values are not here: they are read behind their checksums only.
 */
enum Decoder {
    CONTROL_FRAME(ProtocolException.class) {
        @Override
        void decode(byte[] bytes) {
            FrameCodec.decode(bytes);
        }

        @Override
        List<byte[]> samples() {
            FrameSamples samples = new FrameSamples(11);
            return FrameSamples.recordsOf(Frame.class).stream()
                    .map(type -> FrameCodec.encode((Frame) samples.value(type)))
                    .toList();
        }
    },
    DATA_FRAME(ProtocolException.class) {
        @Override
        void decode(byte[] bytes) {
            FrameCodec.decodeData(bytes);
        }

        @Override
        List<byte[]> samples() {
            FrameSamples samples = new FrameSamples(12);
            return FrameSamples.recordsOf(DataFrame.class).stream()
                    .map(type -> FrameCodec.encode((DataFrame) samples.value(type)))
                    .toList();
        }
    },
    BLOCKS(KindlingException.class) {
        @Override
        void decode(byte[] bytes) {
            BlockParser parser = new BlockParser(1 << 20);
            parser.feed(bytes, 0, bytes.length);
            while (parser.next()) {
                parser.bytes();
            }
            parser.finish();
        }

        @Override
        List<byte[]> samples() {
            byte[] block = new byte[BlockFormat.HEADER_BYTES + 40];
            int crc = BlockFormat.crcOf(block, BlockFormat.HEADER_BYTES, 40);
            BlockFormat.writeHeader(new BlockHeader(1, 2, 3, 0, 4, 5, 40), crc, block, 0);
            return List.of(block);
        }
    },
    RESULT(KindlingException.class) {
        @Override
        void decode(byte[] bytes) {
            ResultCodec.decode(bytes, LOADER);
        }

        @Override
        List<byte[]> samples() {
            return List.of(
                    ResultCodec.encode(List.of(1, 2, 3)),
                    ResultCodec.encode("text"),
                    ResultCodec.encode(Map.of("a", List.of(1L, 2.5))));
        }
    },
    FUNCTION(KindlingException.class) {
        @Override
        void decode(byte[] bytes) {
            ClosureCodec.decode(bytes, LOADER);
        }

        @Override
        List<byte[]> samples() {
            return List.of(
                    ClosureCodec.encode(new ArrayList<>(List.of(1, "two", 3.0))),
                    ClosureCodec.encode(new TreeMap<>(Map.of("a", new IllegalStateException("b")))));
        }
    },
    SPLIT(KindlingException.class) {
        @Override
        void decode(byte[] bytes) {
            SplitCodec.decode(bytes);
        }

        @Override
        List<byte[]> samples() {
            return List.of(SplitCodec.encode(
                    new Split(List.of(new Split.FileRange("file:/a", 1, 2, 3, "v")), List.of("host"))));
        }
    },
    PROGRAM_FILES(IOException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            ProgramFile.decode(bytes);
        }

        @Override
        List<byte[]> samples() {
            return List.of(ProgramFile.encode(List.of(new ProgramFile(true, "a.jar", "0".repeat(64), 5))));
        }
    },
    CREDENTIALS(IOException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            ApplicationCredentials.read(new ByteArrayInputStream(bytes));
        }

        @Override
        List<byte[]> samples() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                ApplicationCredentials.withCertificate().writeTo(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return List.of(bytes.toByteArray());
        }
    },
    JSON(IllegalArgumentException.class) {
        @Override
        void decode(byte[] bytes) {
            Json.parse(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        List<byte[]> samples() {
            return List.of(
                    "{\"a\": [1, -2.5e3, true, null, \"\\u00e9\\n\"], \"b\": {}}".getBytes(StandardCharsets.UTF_8));
        }
    },
    EVENT_LOG(KindlingException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            Path file = Files.createTempFile("fuzz", ".events.jsonl");
            try {
                Files.write(file, bytes);
                EventLog.read(file);
            } finally {
                Files.delete(file);
            }
        }

        @Override
        List<byte[]> samples() {
            try {
                Path directory = Files.createTempDirectory("fuzz");
                EventLog log = EventLog.create(directory, "a", 1 << 20);
                log.onEvent(new Event.ApplicationStart(Instant.EPOCH, "a", "n"));
                log.onEvent(new Event.MapOutputsLost(Instant.EPOCH, 1, List.of(2, 3), "why"));
                log.onEvent(new Event.ApplicationEnd(Instant.EPOCH, 0));
                log.close();
                byte[] written = Files.readAllBytes(log.file());
                FileTrees.delete(directory);
                return List.of(written);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    /** Two columns of lines; halves of a file give the rows of the whole. */
    LINES(KindlingException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            inFile(bytes, ".tsv", path -> {
                List<Object> halves = new ArrayList<>();
                long middle = bytes.length / 2;
                rowsOf(new Split.FileRange(path, 0, middle, bytes.length, ""), halves);
                rowsOf(new Split.FileRange(path, middle, bytes.length - middle, bytes.length, ""), halves);
                List<Object> whole = new ArrayList<>();
                rowsOf(new Split.FileRange(path, 0, bytes.length, bytes.length, ""), whole);
                if (!whole.equals(halves)) {
                    throw new AssertionError(whole + " are " + halves + " in halves");
                }
            });
        }

        private void rowsOf(Split.FileRange range, List<Object> rows) throws IOException {
            PlanNode.FileInput.Columns columns =
                    new PlanNode.FileInput.Columns('\t', List.of(Column.longs(0), Column.strings(1)));
            try (LineReader reader = new LineReader(STORES, new Split(List.of(range), List.of()), "", columns)) {
                drain(reader, rows);
            }
        }

        @Override
        List<byte[]> samples() {
            return List.of("1\ta\n-22\tb\tc\r\n3\t\u00e9\n+4\t".getBytes(StandardCharsets.UTF_8));
        }
    },
    COMPRESSED_LINES(KindlingException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            inFile(bytes, ".gz", path -> {
                Split.FileRange range = new Split.FileRange(path, 0, bytes.length, bytes.length, "");
                try (LineReader reader = new LineReader(STORES, new Split(List.of(range), List.of()))) {
                    drain(reader, new ArrayList<>());
                }
            });
        }

        @Override
        List<byte[]> samples() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
                out.write("some\nlines\nof text".getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return List.of(bytes.toByteArray());
        }
    },
    OBJECT_FILE(KindlingException.class) {
        @Override
        void decode(byte[] bytes) throws IOException {
            inFile(bytes, ".objects", path -> {
                Split.FileRange range = new Split.FileRange(path, 0, bytes.length, bytes.length, "");
                try (ObjectFile.Reader reader = new ObjectFile.Reader(STORES, new Split(List.of(range), List.of()))) {
                    while (reader.next().length > 0) {
                        continue;
                    }
                }
            });
        }

        @Override
        List<byte[]> samples() {
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ObjectFile.Writer writer = new ObjectFile.Writer(bytes);
                writer.write(new byte[] {1, 2, 3});
                writer.write(new byte[] {4, 5});
                writer.flush();
                return List.of(bytes.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    /** The answer of a server to all that it is asked, through the AWS SDK. */
    S3_LISTING(KindlingException.class) {
        @Override
        void decode(byte[] bytes) {
            try {
                AnsweringServer.listing(bytes);
            } catch (IOException e) {
                throw refused(e);
            }
        }

        @Override
        List<byte[]> samples() {
            return List.of(
                    ("<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name><Prefix>d/</Prefix><KeyCount>2</KeyCount>"
                                    + "<MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>"
                                    + "<Contents><Key>d/a&amp;b</Key><ETag>&quot;1&quot;</ETag><Size>12</Size></Contents>"
                                    + "<Contents><Key>d/c</Key><ETag>&quot;2&quot;</ETag><Size>0</Size></Contents>"
                                    + "<CommonPrefixes><Prefix>d/_e/</Prefix></CommonPrefixes></ListBucketResult>")
                            .getBytes(StandardCharsets.UTF_8));
        }
    };

    private static final Stores STORES = new Stores(Config.defaults());

    private interface OnFile {
        void accept(String path) throws IOException;
    }

    private static void inFile(byte[] bytes, String name, OnFile read) throws IOException {
        Path file = Files.createTempFile("fuzz", name);
        try {
            Files.write(file, bytes);
            read.accept(file.toString());
        } catch (IOException e) {
            throw refused(e);
        } finally {
            Files.delete(file);
        }
    }

    /** What is read of files and stores is refused with either. */
    private static KindlingException refused(IOException failure) {
        return new KindlingException(ErrorCode.BAD_INPUT, failure.getMessage(), failure);
    }

    private static void drain(LineReader reader, List<Object> rows) throws IOException {
        Object[] batch = new Object[16];
        for (int count = reader.read(batch, 0, 16); count > 0; count = reader.read(batch, 0, 16)) {
            rows.addAll(Arrays.asList(batch).subList(0, count));
        }
    }

    private static final ClassLoader LOADER = Decoder.class.getClassLoader();

    /** What it throws, and nothing else. */
    private final Class<? extends Exception> refusal;

    Decoder(Class<? extends Exception> refusal) {
        this.refusal = refusal;
    }

    abstract void decode(byte[] bytes) throws IOException;

    abstract List<byte[]> samples();

    /** False when the bytes are refused as they should be. */
    final boolean accepts(byte[] bytes) {
        try {
            decode(bytes);
            return true;
        } catch (IOException | RuntimeException e) {
            if (refusal.isInstance(e)) {
                return false;
            }
            throw new AssertionError(
                    this + " throws " + e + " for " + HexFormat.of().formatHex(bytes), e);
        }
    }
}
