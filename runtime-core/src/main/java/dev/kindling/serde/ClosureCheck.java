package dev.kindling.serde;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.RDD;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks of a user's function, when the transformation is called, whether it can travel. The answer is that of a real
 * serialization into nothing; only when that fails is the function's object graph walked, to say by which captured
 * variables and fields the culprit is reached. No module of the JDK needs to be opened for it. Any thread.
 *
 * <p>Cost: some ten microseconds for a lambda that captures little; as much as the captured objects cost to write.
 */
public final class ClosureCheck {
    /** Above this a broadcast is better: the program goes to every executor once a stage. */
    public static final long LARGE_CLOSURE_BYTES = 1000L << 10;

    private static final int MAX_DEPTH = 8;
    private static final String ADVICE = "; every executor receives it once a stage. Broadcast it, or capture less";

    private static final Logger LOG = LoggerFactory.getLogger(ClosureCheck.class);

    private ClosureCheck() {}

    /**
     * Fails with {@code NOT_SERIALIZABLE} when {@code function} cannot travel.
     *
     * @param place what was called and where; reads such as {@code map at ZipCount.java:42}
     */
    public static void check(Object place, Object function) {
        if (function == null) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, place + ": an argument is null");
        }
        if (FixedFunction.of(function).isPresent()) {
            return;
        }
        ByteCount written = new ByteCount();
        try (ObjectOutputStream out = new ObjectOutputStream(written)) {
            out.writeObject(function);
        } catch (KindlingException e) {
            // One of our own objects that the function captures says better what is wrong with it.
            throw new KindlingException(e.code(), place + ": " + e.getMessage(), e.getCause());
        } catch (IOException | RuntimeException e) {
            throw refusal(place.toString(), function, e);
        }
        if (written.bytes > LARGE_CLOSURE_BYTES) {
            LOG.warn("{}", largeClosure(place.toString(), function, written.bytes));
        }
    }

    /** Bytes of {@code value} in Java serialization, or -1 when it cannot be written. */
    static long sizeOf(Object value) {
        ByteCount written = new ByteCount();
        try (ObjectOutputStream out = new ObjectOutputStream(written)) {
            out.writeObject(value);
            out.flush();
            return written.bytes;
        } catch (IOException | RuntimeException e) {
            return -1;
        }
    }

    private static KindlingException refusal(String place, Object function, Exception cause) {
        String subject = subjectOf(function);
        Optional<CaptureWalk.Culprit> culprit = CaptureWalk.findCulprit(function);
        if (culprit.isEmpty()) {
            return new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE, place + ": " + subject + unseen(function, cause), cause);
        }
        String path = String.join(" -> ", culprit.get().path());
        Object value = culprit.get().value();
        String type = CaptureWalk.typeName(value);
        String sentence = path.isEmpty()
                ? subject + " is a " + type + ", which is not serializable"
                : subject + " captures " + path + " : " + type + ", which is not serializable";
        return new KindlingException(
                ErrorCode.NOT_SERIALIZABLE, place + ": " + sentence + "; " + advice(path, value), cause);
    }

    /** The culprit sits inside an object of the JDK, or in code that writes itself: only the failure tells of it. */
    private static String unseen(Object function, Exception cause) {
        String culprit = String.valueOf(cause.getMessage());
        int lambda = culprit.indexOf("$$Lambda");
        if (!(cause instanceof NotSerializableException)) {
            return " cannot be serialized: " + cause;
        } else if (lambda < 0) {
            return " holds a " + culprit + ", which is not serializable; " + advice("unseen", function);
        }
        String advice = function instanceof Comparator
                ? "give the comparison as one lambda, or SerializableComparator.by(key)"
                : "use an interface of dev.kindling.api.function for it, or one that extends Serializable";
        return " holds a lambda written in " + culprit.substring(0, lambda) + ", which is not serializable; " + advice;
    }

    private static String advice(String path, Object culprit) {
        if (culprit instanceof RDD) {
            return "a set cannot be used inside a function of another set: join them, or collect() the smaller one into"
                    + " a local variable first";
        }
        if (culprit instanceof KindlingContext) {
            return "a context lives on the driver only: make sets outside of functions";
        }
        if (path.isEmpty()) {
            return "make its class implement java.io.Serializable, or give a lambda";
        }
        return path.startsWith("this")
                ? "copy what it needs to a local variable"
                : "make it where it runs, for example in mapPartitions, or make its class serializable";
    }

    private static String subjectOf(Object function) {
        Optional<SerializedLambda> lambda = CaptureWalk.lambdaForm(function);
        if (lambda.isPresent()) {
            return CaptureWalk.isMethodReference(lambda.get()) ? "the method reference" : "the lambda";
        }
        return function.getClass().isAnonymousClass()
                ? "the anonymous class"
                : "the " + CaptureWalk.typeName(function) + " object";
    }

    /** Names the captured variable, and below it the field, that makes most of the bytes. */
    static String largeClosure(String place, Object function, long bytes) {
        return place + ": the function is " + ByteText.of(bytes) + " large with what it captures, most of it "
                + heaviestPart(function, bytes) + ADVICE;
    }

    /**
     * The warning for a stage whose program is above {@link #LARGE_CLOSURE_BYTES}.
     *
     * @param place of the set that the stage computes
     * @param parts the stage's steps, each with its functions
     * @param programBytes of the whole program
     */
    public static String largeProgram(String place, List<?> parts, long programBytes) {
        Object heaviest = parts.get(0);
        long heaviestBytes = -1;
        for (Object part : parts) {
            long bytes = sizeOf(part);
            heaviest = bytes > heaviestBytes ? part : heaviest;
            heaviestBytes = Math.max(bytes, heaviestBytes);
        }
        return place + ": the program of this stage is " + ByteText.of(programBytes) + " large, most of it "
                + heaviestPart(heaviest, heaviestBytes) + ADVICE;
    }

    private static String heaviestPart(Object function, long bytes) {
        List<String> path = new ArrayList<>();
        Object heaviest = function;
        for (int depth = 0; depth < MAX_DEPTH; depth++) {
            Optional<CaptureWalk.Edge> next = heaviestOf(CaptureWalk.edgesOf(heaviest), bytes / 2);
            if (next.isEmpty()) {
                break;
            }
            // Fields of our own steps are of no help to anybody.
            if (!isOwnStep(heaviest)) {
                path.add(next.get().name());
            }
            heaviest = next.get().value();
        }
        return path.isEmpty()
                ? subjectOf(heaviest)
                : String.join(" -> ", path) + " (" + CaptureWalk.typeName(heaviest) + ", "
                        + ByteText.of(sizeOf(heaviest)) + ")";
    }

    private static boolean isOwnStep(Object holder) {
        String type = holder.getClass().getName();
        return (type.startsWith("dev.kindling.plan.") || type.startsWith("dev.kindling.rdd."))
                && CaptureWalk.lambdaForm(holder).isEmpty();
    }

    private static Optional<CaptureWalk.Edge> heaviestOf(List<CaptureWalk.Edge> edges, long atLeastBytes) {
        for (CaptureWalk.Edge edge : edges) {
            if (edge.isNamed() && edge.value() instanceof Serializable && sizeOf(edge.value()) >= atLeastBytes) {
                return Optional.of(edge);
            }
        }
        return Optional.empty();
    }

    /** Whether the lambda's first captured value is the object it was written in. */
    static boolean capturesThis(SerializedLambda lambda) {
        int kind = lambda.getImplMethodKind();
        return lambda.getCapturedArgCount() > 0
                && kind != MethodHandleInfo.REF_invokeStatic
                && kind != MethodHandleInfo.REF_newInvokeSpecial;
    }

    /** Sizes for people. */
    private static final class ByteText {
        static String of(long bytes) {
            return bytes < 10L << 20 ? (bytes >> 10) + " KiB" : (bytes >> 20) + " MiB";
        }
    }

    private static final class ByteCount extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            bytes += length;
        }
    }
}
