package dev.kindling.protocol;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes {@code docs/protocol.md}: the prose below, and tables made of the frame records, their tags as the codec writes
 * them and their comments as they stand in the source.
 */
final class ProtocolPage {
    private static final String PROSE = """
        # What processes say to each other

        Made from the frame records by `ProtocolPage`; a test fails when this page is stale.
        Version %d. Peers of different versions do not talk.

        Each process of an application listens on one port. A connection begins with a handshake and is then of one
        of two kinds, called planes: control, for the frames of the first table, or data, for those of the second.
        A large block never stands before a heartbeat.

        ## Encryption

        Where a listener's address is one that other machines reach, or kindling.rpc.tls is set, all that follows
        lies in TLS 1.3. Both ends show the application's one certificate, which the driver has made for it, and
        compare the other's with it byte by byte. There is no authority, no name is looked at, sessions are not
        resumed. Who shows another certificate or none is sent away before anything of the following is read.

        ## Handshake

        Both ends prove that they know the application's secret (256 random bits) before either decodes anything else.
        The secret never travels, and what travels proves nothing a second time.

        ```
        asker    "KNDL"  version:2  build:8  plane:1  nonceA:32                                47 bytes
        holder   "KNDL"  version:2  build:8  nonceB:32  HMAC(secret, "holder" + context):32    78 bytes
        asker    HMAC(secret, "asker" + context):32                                            32 bytes

        context = version:2  plane:1  port:2  nonceA  nonceB              plane 0 is control, 1 is data
        ```

        - HMAC is HMAC-SHA256; integers are big-endian; nonces come from a secure random source.
        - Who listens proves itself first: nobody sends a proof, let alone a frame, to an impostor on a re-used port.
        - The dialled port is part of both proofs, so that none can be relayed to another listener.
        - A build is a number made of the classes of runtime-core, so that a process which was started after they had
          been built anew is told so. A holder of another version or build answers with its magic, version and build
          only, and closes; both sides then name both. Build 0 is that of a process whose classes lie in a jar within a jar:
          it is taken at its version.
        - A wrong proof closes the connection without a word. Five seconds without a proof do too. The number of
          connections without proof is bounded, in all and for each address; one more closes the oldest. None of
          them may send more than 64 KiB.

        ## Frames

        A frame is a length of four bytes, big-endian, then so many bytes: a tag, and the components of a record in
        order. No frame is longer than %d bytes. Whatever does not decode to exactly one frame closes the connection.

        | type | bytes |
        |---|---|
        | `int`, `long` | zig-zag varint: low seven bits first, 1 to 10 bytes |
        | `boolean` | one, 0 or 1 |
        | `String`, `Secret`, `byte[]` | length as a number, then UTF-8 or the bytes |
        | list, `long[]` | count as a number, then the elements |
        | one of several words, such as an error code | its name, as a `String` |
        | record | its components |
        | one of a family | a tag of one byte, then the record |
        | attempts in a list of sources or of map ranges | 1 when it is attempt 0 of the next partition, else 0 and the attempt |
        | executors of a launch | 1 when they are those of the launch before, else 0 and the list |

        A count or length is compared with the bytes that are left before anything is allocated.

        Control frames are one-way and idempotent: any of them may be lost, doubled, delayed or overtaken. What matters is
        repeated until it is acknowledged.

        """;

    private static final String DATA = """

        ## Data plane

        A stream is one request and its answer; many share a connection and take turns. `windowBytes` and `Credit` bound
        the chunk bytes of a stream that are on their way or not yet taken by the reader. A chunk is

        ```
        length:4  tag:1 = %d  streamId:4  bytes
        ```

        where the length counts tag, stream and bytes. Chunk bytes belong to the range started last in their stream. Blocks
        carry checksums of their own (CRC32C over header and pages), checked by the reader before anything is decoded.

        """;

    private final Map<String, String> comments = new TreeMap<>();

    private ProtocolPage(Path sources) throws IOException {
        for (String file : List.of("Frame", "DataFrame", "TaskResult", "TaskFailure", "TaskInput")) {
            readComments(Files.readString(sources.resolve("dev/kindling/protocol/" + file + ".java")), file);
        }
    }

    /** @param sources the directory of the main sources */
    static String of(Path sources) throws IOException {
        ProtocolPage page = new ProtocolPage(sources);
        StringBuilder out = new StringBuilder();
        out.append(PROSE.formatted(FrameCodec.VERSION, FrameCodec.MAX_FRAME_BYTES));
        page.table(out, "### Executor to driver", Frame.ToDriver.class);
        page.table(out, "### Driver to executor", Frame.ToExecutor.class);
        page.table(out, "### Results", TaskResult.class);
        page.table(out, "### Failures", TaskFailure.class);
        page.table(out, "### Inputs", TaskInput.class);
        out.append("### Records inside\n\n| record | components |\n|---|---|\n");
        for (Class<?> type : List.of(
                AttemptId.class,
                ExecutorAddress.class,
                TaskGroup.class,
                TaskLaunch.class,
                TaskDone.class,
                MapSource.class,
                TaskMetrics.class,
                BlockRequest.class,
                BlockRequest.MapRange.class)) {
            out.append("| `")
                    .append(type.getSimpleName())
                    .append("` | ")
                    .append(componentsOf(type))
                    .append(" |\n");
        }
        out.append(DATA.formatted(FrameCodec.CHUNK));
        page.table(out, "### Frames of the data plane", DataFrame.class);
        return out.toString().stripTrailing() + "\n";
    }

    private void table(StringBuilder out, String title, Class<?> family) {
        out.append(title).append("\n\n| tag | record | components | meaning |\n|---|---|---|---|\n");
        Map<Integer, String> rows = new TreeMap<>();
        for (Class<?> type : FrameSamples.recordsOf(family)) {
            int tag = tagOf(type);
            String comment =
                    comments.getOrDefault(type.getEnclosingClass().getSimpleName() + "." + type.getSimpleName(), "");
            rows.put(
                    tag,
                    "| " + tag + " | `" + type.getSimpleName() + "` | " + componentsOf(type) + " | " + comment
                            + " |\n");
        }
        rows.values().forEach(out::append);
        out.append("\n");
    }

    /** The byte the codec writes for it: the first of a frame, or the one after the attempt of a frame that holds it. */
    private static int tagOf(Class<?> type) {
        Object value = new FrameSamples(1).value(type);
        AttemptId attempt = new AttemptId(0, 0, 0);
        if (value instanceof Frame frame) {
            return FrameCodec.encode(frame)[0];
        } else if (value instanceof DataFrame frame) {
            return FrameCodec.encode(frame)[0];
        } else if (value instanceof TaskResult result) {
            return FrameCodec.encode(new Frame.AttemptFinished(
                    "", 0, attempt, List.of(new TaskDone(attempt, result, TaskMetrics.NONE, List.of()))))[10];
        } else if (value instanceof TaskFailure failure) {
            return FrameCodec.encode(
                    new Frame.AttemptFailed("", 0, attempt, List.of(), attempt, failure, TaskMetrics.NONE))[10];
        } else if (value instanceof TaskInput input) {
            TaskLaunch launch = new TaskLaunch(attempt, 0, 0, 0, new TreeMap<>(), List.of(input));
            return FrameCodec.encode(new Frame.LaunchTasks(List.of(new TaskGroup(List.of(launch)))))[11];
        }
        throw new AssertionError("no tag for " + type);
    }

    private static String componentsOf(Class<?> record) {
        List<String> components = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            components.add(component.getName() + ": " + nameOf(component.getGenericType()));
        }
        return components.isEmpty() ? "" : "`" + String.join("`, `", components) + "`";
    }

    private static String nameOf(Type type) {
        if (type instanceof ParameterizedType of) {
            List<String> arguments = new ArrayList<>();
            for (Type argument : of.getActualTypeArguments()) {
                arguments.add(nameOf(argument));
            }
            return nameOf(of.getRawType()) + "<" + String.join(", ", arguments) + ">";
        }
        return ((Class<?>) type).getSimpleName();
    }

    /** The first sentence of the comment before each record. */
    private void readComments(String source, String enclosing) {
        Matcher records = Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s+record (\\w+)\\(", Pattern.DOTALL)
                .matcher(source);
        while (records.find()) {
            String text = records.group(1)
                    .replaceAll("\\n\\s*\\*", " ")
                    .replaceAll("\\s+", " ")
                    .replaceAll("\\{@(?:link|code) ([^}]*)}", "`$1`")
                    .replaceAll("@param (\\w+) ([^@]*[^@ ]) ?", "`$1`: $2; ")
                    .strip();
            comments.put(enclosing + "." + records.group(2), text.replaceAll("; *$", ""));
        }
    }
}
