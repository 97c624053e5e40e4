package dev.kindling.plan;

import dev.kindling.api.Column;
import dev.kindling.api.Partitioner;
import dev.kindling.api.function.DoubleFunction;
import dev.kindling.api.function.FlatMapFunction;
import dev.kindling.api.function.Function;
import dev.kindling.api.function.Function2;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.io.StreamCorruptedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/**
 * The parts of a program that nearly every program has, field by field; what users gave, and parts that are rare, are
 * left to Java. Java could write all of it, but reads a record through method handles, which it puts together when the
 * first one comes, fifty milliseconds of a starting executor, and describes each class by its fields to every task.
 */
final class PlanForm {
    private static final byte OTHER = 0;

    private static final byte SLICES = 1;
    private static final byte RANGE = 2;
    private static final byte FILE_INPUT = 3;
    private static final byte SHUFFLE_READ = 4;
    private static final byte ROWS = 5;
    private static final byte PARTITIONS = 6;

    private static final byte MAP = 1;
    private static final byte FILTER = 2;
    private static final byte FLAT_MAP = 3;
    private static final byte MAP_VALUES = 4;
    private static final byte FLAT_MAP_VALUES = 5;
    private static final byte MAP_TO_DOUBLE = 6;

    private static final byte PAIR_ROWS = 1;
    private static final byte GROUPS = 2;
    private static final byte COMBINED = 3;
    private static final byte SORTED = 4;

    private static final byte MAP_OUTPUT = 1;
    private static final byte RESULT = 2;

    private PlanForm() {}

    // ---- nodes, without their parents -----------------------------------------------------------------------------

    static void write(PlanNode node, ObjectOutput out) throws IOException {
        if (node instanceof PlanNode.Slices slices) {
            writeHead(SLICES, node, out);
            out.writeInt(slices.partitionCount());
        } else if (node instanceof PlanNode.Range range) {
            writeHead(RANGE, node, out);
            out.writeLong(range.start());
            out.writeLong(range.end());
            out.writeLong(range.step());
            out.writeInt(range.partitionCount());
        } else if (node instanceof PlanNode.FileInput file) {
            writeHead(FILE_INPUT, node, out);
            out.writeObject(file.path());
            out.writeByte(file.format().ordinal());
            out.writeInt(file.recordBytes());
            out.writeObject(file.delimiter());
            write(file.columns(), out);
            out.writeInt(file.partitionCount());
        } else if (node instanceof PlanNode.ShuffleRead read) {
            writeHead(SHUFFLE_READ, node, out);
            out.writeInt(read.shuffleId());
            write(read.reduceSide(), out);
            out.writeObject(read.by());
            out.writeInt(read.bucketsPerPartition());
            out.writeInt(read.bucketsRead());
        } else if (node instanceof PlanNode.Rows rows) {
            writeHead(ROWS, node, out);
            write(rows.function(), out);
            out.writeBoolean(rows.keepsPartitioning());
        } else if (node instanceof PlanNode.Partitions partitions) {
            writeHead(PARTITIONS, node, out);
            out.writeObject(partitions.function());
            out.writeBoolean(partitions.keepsPartitioning());
        } else {
            out.writeByte(OTHER);
            out.writeObject(node.withParents(List.of()));
        }
    }

    private static void writeHead(byte kind, PlanNode node, ObjectOutput out) throws IOException {
        out.writeByte(kind);
        out.writeInt(node.id());
        out.writeObject(node.origin().operation());
        out.writeObject(node.origin().callSite());
    }

    static PlanNode readNode(List<PlanNode> parents, ObjectInput in) throws IOException, ClassNotFoundException {
        byte kind = in.readByte();
        if (kind == OTHER) {
            return ((PlanNode) in.readObject()).withParents(parents);
        }
        int id = in.readInt();
        Origin origin = new Origin((String) in.readObject(), (String) in.readObject());
        return switch (kind) {
            case SLICES -> new PlanNode.Slices(id, origin, in.readInt());
            case RANGE -> new PlanNode.Range(id, origin, in.readLong(), in.readLong(), in.readLong(), in.readInt());
            case FILE_INPUT ->
                new PlanNode.FileInput(
                        id,
                        origin,
                        (String) in.readObject(),
                        PlanNode.FileInput.Format.values()[in.readByte()],
                        in.readInt(),
                        (String) in.readObject(),
                        readColumns(in),
                        in.readInt());
            case SHUFFLE_READ ->
                new PlanNode.ShuffleRead(
                        id,
                        origin,
                        in.readInt(),
                        readReduceSide(in),
                        (Partitioner) in.readObject(),
                        in.readInt(),
                        in.readInt());
            case ROWS -> new PlanNode.Rows(id, origin, PlanOrder.only(parents), readRowFunction(in), in.readBoolean());
            case PARTITIONS ->
                new PlanNode.Partitions(
                        id,
                        origin,
                        PlanOrder.only(parents),
                        PlanForm.<Function2<Integer, Iterator<Object>, Iterator<Object>>>readFunction(in),
                        in.readBoolean());
            default -> throw new StreamCorruptedException("a program has no node of kind " + kind);
        };
    }

    private static void write(PlanNode.FileInput.Columns columns, ObjectOutput out) throws IOException {
        out.writeByte(columns == null ? 0 : columns.columns().size());
        if (columns != null) {
            out.writeChar(columns.separator());
            for (Column<?> column : columns.columns()) {
                out.writeByte(column.kind().ordinal());
                out.writeInt(column.index());
            }
        }
    }

    private static PlanNode.FileInput.Columns readColumns(ObjectInput in) throws IOException {
        int count = in.readByte();
        if (count == 0) {
            return null;
        }
        char separator = in.readChar();
        List<Column<?>> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Column.Kind kind = Column.Kind.values()[in.readByte()];
            int index = in.readInt();
            columns.add(
                    switch (kind) {
                        case INT -> Column.ints(index);
                        case LONG -> Column.longs(index);
                        case DOUBLE -> Column.doubles(index);
                        case STRING -> Column.strings(index);
                    });
        }
        return new PlanNode.FileInput.Columns(separator, columns);
    }

    // ---- functions over rows --------------------------------------------------------------------------------------

    private static void write(RowFunction function, ObjectOutput out) throws IOException {
        if (function instanceof RowFunction.Map map) {
            writeFunction(MAP, map.function(), out);
        } else if (function instanceof RowFunction.Filter filter) {
            writeFunction(FILTER, filter.function(), out);
        } else if (function instanceof RowFunction.FlatMap flatMap) {
            writeFunction(FLAT_MAP, flatMap.function(), out);
        } else if (function instanceof RowFunction.MapValues mapValues) {
            writeFunction(MAP_VALUES, mapValues.function(), out);
        } else if (function instanceof RowFunction.FlatMapValues flatMapValues) {
            writeFunction(FLAT_MAP_VALUES, flatMapValues.function(), out);
        } else if (function instanceof RowFunction.MapToDouble mapToDouble) {
            writeFunction(MAP_TO_DOUBLE, mapToDouble.function(), out);
        } else {
            writeFunction(OTHER, function, out);
        }
    }

    private static void writeFunction(byte kind, Object function, ObjectOutput out) throws IOException {
        out.writeByte(kind);
        out.writeObject(function);
    }

    private static RowFunction readRowFunction(ObjectInput in) throws IOException, ClassNotFoundException {
        byte kind = in.readByte();
        return switch (kind) {
            case OTHER -> (RowFunction) in.readObject();
            case MAP -> new RowFunction.Map(PlanForm.<Function<Object, Object>>readFunction(in));
            case FILTER -> new RowFunction.Filter(PlanForm.<Function<Object, Boolean>>readFunction(in));
            case FLAT_MAP -> new RowFunction.FlatMap(PlanForm.<FlatMapFunction<Object, Object>>readFunction(in));
            case MAP_VALUES -> new RowFunction.MapValues(PlanForm.<Function<Object, Object>>readFunction(in));
            case FLAT_MAP_VALUES ->
                new RowFunction.FlatMapValues(PlanForm.<FlatMapFunction<Object, Object>>readFunction(in));
            case MAP_TO_DOUBLE -> new RowFunction.MapToDouble(PlanForm.<DoubleFunction<Object>>readFunction(in));
            default -> throw new StreamCorruptedException("a program has no function of kind " + kind);
        };
    }

    @SuppressWarnings("unchecked") // as it was written
    private static <F> F readFunction(ObjectInput in) throws IOException, ClassNotFoundException {
        return (F) in.readObject();
    }

    // ---- both ends of a shuffle -----------------------------------------------------------------------------------

    private static void write(PlanNode.ReduceSide side, ObjectOutput out) throws IOException {
        if (side instanceof PlanNode.ReduceSide.PairRows) {
            out.writeByte(PAIR_ROWS);
        } else if (side instanceof PlanNode.ReduceSide.Groups) {
            out.writeByte(GROUPS);
        } else if (side instanceof PlanNode.ReduceSide.Combined combined) {
            out.writeByte(COMBINED);
            out.writeObject(combined.combiner().create());
            out.writeObject(combined.combiner().mergeValue());
            out.writeObject(combined.combiner().mergeCombined());
            out.writeBoolean(combined.mapSide());
        } else if (side instanceof PlanNode.ReduceSide.Sorted sorted) {
            out.writeByte(SORTED);
            out.writeObject(sorted.order());
        } else {
            out.writeByte(OTHER);
            out.writeObject(side);
        }
    }

    private static PlanNode.ReduceSide readReduceSide(ObjectInput in) throws IOException, ClassNotFoundException {
        byte kind = in.readByte();
        return switch (kind) {
            case OTHER -> (PlanNode.ReduceSide) in.readObject();
            case PAIR_ROWS -> new PlanNode.ReduceSide.PairRows();
            case GROUPS -> new PlanNode.ReduceSide.Groups();
            case COMBINED ->
                new PlanNode.ReduceSide.Combined(
                        new Combiner(
                                PlanForm.<Function<Object, Object>>readFunction(in),
                                PlanForm.<Function2<Object, Object, Object>>readFunction(in),
                                PlanForm.<Function2<Object, Object, Object>>readFunction(in)),
                        in.readBoolean());
            case SORTED -> new PlanNode.ReduceSide.Sorted(PlanForm.<Comparator<Object>>readFunction(in));
            default -> throw new StreamCorruptedException("a program has no reduce side of kind " + kind);
        };
    }

    // ---- sinks ----------------------------------------------------------------------------------------------------

    static void write(StageBody.Sink sink, ObjectOutput out) throws IOException {
        if (sink instanceof StageBody.Sink.MapOutput output) {
            out.writeByte(MAP_OUTPUT);
            out.writeInt(output.shuffleId());
            out.writeObject(output.by());
            out.writeInt(output.bucketsPerPartition());
            write(output.reduceSide(), out);
        } else if (sink instanceof StageBody.Sink.Result result) {
            writeFunction(RESULT, result.function(), out);
        } else {
            writeFunction(OTHER, sink, out);
        }
    }

    static StageBody.Sink readSink(ObjectInput in) throws IOException, ClassNotFoundException {
        byte kind = in.readByte();
        return switch (kind) {
            case OTHER -> (StageBody.Sink) in.readObject();
            case MAP_OUTPUT ->
                new StageBody.Sink.MapOutput(
                        in.readInt(), (Partitioner) in.readObject(), in.readInt(), readReduceSide(in));
            case RESULT -> new StageBody.Sink.Result((PartitionFunction) in.readObject());
            default -> throw new StreamCorruptedException("a program has no sink of kind " + kind);
        };
    }
}
