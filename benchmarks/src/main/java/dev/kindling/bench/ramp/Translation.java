package dev.kindling.bench.ramp;

import static dev.kindling.bench.ramp.SparkEngine.cannotTranslate;

import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.ReduceSide;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.RowFunction;
import dev.kindling.rdd.JobRequest;
import dev.kindling.rdd.LeafInputs;
import dev.kindling.rdd.LeafSource;
import dev.kindling.serde.ResultCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.StorageLevels;
import org.apache.spark.rdd.CoGroupedRDD;
import org.apache.spark.rdd.RDD;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * A plan in Spark's RDDs, node for node, each with as many partitions as its node: what an action asks of partition i is
 * answered by Spark's partition i. Shuffles, and sets that are persisted, stay the same RDD from job to job, so that
 * Spark finds what it has of them; everything else is made anew for each job. Safe for many threads.
 *
 * <p>What is given to Spark are lambdas, no method references: Java reads two of these for the same method as one, of
 * whichever types comes first.
 */
final class Translation {
    /** As Spark takes for its own sorts. */
    private static final int SAMPLED_KEYS_PER_PARTITION = 20;

    private static final int MAX_SAMPLED_KEYS = 1_000_000;

    private final JavaSparkContext spark;
    private final Map<Integer, JavaPairRDD<Object, Object>> shuffles = new HashMap<>();
    private final Map<Integer, StorageLevel> levels = new HashMap<>();
    private final Map<Integer, JavaRDD<Object>> persisted = new HashMap<>();
    private final ClassLoader classes;

    Translation(JavaSparkContext spark, ClassLoader classes) {
        this.spark = spark;
        this.classes = classes;
    }

    synchronized void forgetShuffle(int shuffleId) {
        shuffles.remove(shuffleId);
    }

    synchronized void persist(int setId, StorageLevel level) {
        levels.put(setId, level);
    }

    synchronized void unpersist(int setId, boolean isBlocking) {
        levels.remove(setId);
        JavaRDD<Object> rows = persisted.remove(setId);
        if (rows != null) {
            rows.unpersist(isBlocking);
        }
    }

    /** The rows of the set that the action is called on. Runs a job for each sort whose bounds are not known yet. */
    synchronized JavaRDD<Object> rowsOf(JobRequest request) {
        List<PlanNode> nodes = PlanOrder.parentsFirst(request.root(), node -> false);
        DriverOnly.check(nodes, request);
        Map<Integer, JavaRDD<Object>> rows = new HashMap<>();
        for (PlanNode node : nodes) {
            JavaRDD<Object> known = persisted.get(node.id());
            rows.put(node.id(), known != null ? known : kept(node, rows(node, rows, request.inputs())));
        }
        return rows.get(request.root().id());
    }

    private JavaRDD<Object> kept(PlanNode node, JavaRDD<Object> rows) {
        StorageLevel level = levels.get(node.id());
        if (level == null) {
            return rows;
        }
        JavaRDD<Object> own = rows.map(row -> row);
        own.persist(StorageLevels.create(
                level.useDisk(), level.useMemory(), level.useOffHeap(), level.deserialized(), level.replication()));
        persisted.put(node.id(), own);
        return own;
    }

    private JavaRDD<Object> rows(PlanNode node, Map<Integer, JavaRDD<Object>> rows, LeafInputs inputs) {
        List<JavaRDD<Object>> parents =
                node.parents().stream().map(parent -> rows.get(parent.id())).toList();
        if (node instanceof PlanNode.Slices slices) {
            return slices(((LeafSource.Slices) inputs.of(slices)).pages());
        } else if (node instanceof PlanNode.Range range) {
            return spark.sc()
                    .range(range.start(), range.end(), range.step(), range.partitionCount())
                    .toJavaRDD()
                    .map(i -> i);
        } else if (node instanceof PlanNode.FileInput file) {
            return files(file);
        } else if (node instanceof PlanNode.Rows step) {
            return mapped(parents.get(0), step.function());
        } else if (node instanceof PlanNode.Partitions step) {
            var function = step.function();
            return parents.get(0).mapPartitionsWithIndex((partition, part) -> function.call(partition, part), false);
        } else if (node instanceof PlanNode.Union) {
            return spark.union(parents.toArray(JavaRDD[]::new));
        } else if (node instanceof PlanNode.AlignedUnion) {
            return parents.stream()
                    .reduce((left, right) -> left.zipPartitions(right, Chained::of))
                    .orElseThrow();
        } else if (node instanceof PlanNode.Coalesce coalesce) {
            return parents.get(0).coalesce(coalesce.partitionCount());
        } else if (node instanceof PlanNode.Pruned pruned) {
            var kept = pruned.kept();
            return parents.get(0)
                    .mapPartitionsWithIndex(
                            (partition, part) -> kept.test(partition) ? part : Collections.emptyIterator(), false);
        } else if (node instanceof PlanNode.Zipped zipped) {
            var function = zipped.function();
            return parents.get(0).zipPartitions(parents.get(1), (left, right) -> function.call(left, right));
        } else if (node instanceof PlanNode.Cartesian) {
            return parents.get(0).cartesian(parents.get(1)).map(pair -> new Tuple2<>(pair._1(), pair._2()));
        } else if (node instanceof PlanNode.SortedInPlace sorted) {
            return sortedInPlace(parents.get(0), sorted.order());
        } else if (node instanceof PlanNode.Shuffle shuffle) {
            return ours(shuffles.computeIfAbsent(shuffle.shuffleId(), id -> shuffled(shuffle, parents.get(0))));
        } else if (node instanceof PlanNode.CoGroup coGroup) {
            return coGrouped(coGroup, parents);
        }
        throw cannotTranslate(node.origin().toString(), "a checkpoint", "persist the set instead");
    }

    // ---- leaves -----------------------------------------------------------------------------------------------------

    private JavaRDD<Object> slices(List<byte[]> pages) {
        if (pages.isEmpty()) {
            return spark.emptyRDD();
        }
        List<List<Object>> slices =
                pages.stream().map(page -> rowsOf(page, classes)).toList();
        return spark.parallelize(slices, slices.size()).flatMap(List::iterator);
    }

    @SuppressWarnings("unchecked") // a slice is a list of rows
    private static List<Object> rowsOf(byte[] page, ClassLoader classes) {
        return (List<Object>) ResultCodec.decode(page, classes);
    }

    /** Read by Spark, which may cut a file otherwise: then neighbours are put together, or empty partitions added. */
    private JavaRDD<Object> files(PlanNode.FileInput file) {
        int wanted = file.partitionCount();
        JavaRDD<Object> rows;
        if (file.format() == PlanNode.FileInput.Format.TEXT_LINES
                && file.columns() == null
                && file.delimiter().isEmpty()) {
            rows = spark.textFile(file.path(), Math.max(1, wanted)).map(line -> line);
        } else if (file.format() == PlanNode.FileInput.Format.WHOLE_TEXT) {
            rows = spark.wholeTextFiles(file.path(), Math.max(1, wanted))
                    .map(pair -> new Tuple2<>(pair._1(), pair._2()));
        } else {
            throw cannotTranslate(
                    file.origin().toString(),
                    "input that is neither lines nor whole text files",
                    "read it with textFile, or write it as text");
        }
        int read = rows.getNumPartitions();
        if (read > wanted) {
            return rows.coalesce(wanted);
        }
        return read == wanted ? rows : rows.union(spark.parallelize(List.of(), wanted - read));
    }

    // ---- row by row -------------------------------------------------------------------------------------------------

    private static JavaRDD<Object> mapped(JavaRDD<Object> rows, RowFunction function) {
        if (function instanceof RowFunction.Map map) {
            var f = map.function();
            return rows.map(row -> f.call(row));
        } else if (function instanceof RowFunction.Filter filter) {
            var f = filter.function();
            return rows.filter(row -> f.call(row));
        } else if (function instanceof RowFunction.FlatMap flatMap) {
            var f = flatMap.function();
            return rows.flatMap(row -> f.call(row));
        } else if (function instanceof RowFunction.MapValues mapValues) {
            var f = mapValues.function();
            return rows.map(row -> new Tuple2<>(pair(row)._1(), f.call(pair(row)._2())));
        } else if (function instanceof RowFunction.FlatMapValues flatMapValues) {
            var f = flatMapValues.function();
            return rows.flatMap(row -> {
                Object key = pair(row)._1();
                Iterator<Object> values = f.call(pair(row)._2());
                return new Iterator<Object>() {
                    @Override
                    public boolean hasNext() {
                        return values.hasNext();
                    }

                    @Override
                    public Object next() {
                        return new Tuple2<>(key, values.next());
                    }
                };
            });
        }
        var f = ((RowFunction.MapToDouble) function).function();
        return rows.map(row -> f.call(row));
    }

    @SuppressWarnings("unchecked") // rows of pair sets
    private static Tuple2<Object, Object> pair(Object row) {
        return (Tuple2<Object, Object>) row;
    }

    private static JavaRDD<Object> sortedInPlace(JavaRDD<Object> rows, Comparator<Object> order) {
        return rows.mapPartitions(part -> {
            List<Object> sorted = new ArrayList<>();
            part.forEachRemaining(sorted::add);
            sorted.sort(
                    (left, right) -> order.compare(pair(left)._1(), pair(right)._1()));
            return sorted.iterator();
        });
    }

    // ---- shuffles ---------------------------------------------------------------------------------------------------

    private static JavaPairRDD<Object, Object> pairs(JavaRDD<Object> rows) {
        return rows.mapToPair(
                row -> new scala.Tuple2<>(pair(row)._1(), pair(row)._2()));
    }

    private static JavaRDD<Object> ours(JavaPairRDD<Object, Object> pairs) {
        return pairs.map(pair -> new Tuple2<>(pair._1(), pair._2()));
    }

    private static JavaPairRDD<Object, Object> shuffled(PlanNode.Shuffle shuffle, JavaRDD<Object> rows) {
        JavaPairRDD<Object, Object> pairs = pairs(rows);
        if (shuffle.by() instanceof RangeBounds bounds && !bounds.isResolved()) {
            bounds.resolve(boundsOf(pairs, bounds));
        }
        OurPartitioner by = new OurPartitioner(shuffle.by());
        ReduceSide side = shuffle.reduceSide();
        if (side instanceof ReduceSide.Groups) {
            return pairs.groupByKey(by).mapValues(values -> (Object) values);
        } else if (side instanceof ReduceSide.Sorted sorted) {
            return pairs.repartitionAndSortWithinPartitions(by, sorted.order());
        } else if (side instanceof ReduceSide.Combined combined) {
            var create = combined.combiner().create();
            var mergeValue = combined.combiner().mergeValue();
            var mergeCombined = combined.combiner().mergeCombined();
            return pairs.combineByKey(
                    value -> create.call(value),
                    (held, value) -> mergeValue.call(held, value),
                    (left, right) -> mergeCombined.call(left, right),
                    by,
                    combined.mapSide(),
                    null);
        }
        return pairs.partitionBy(by);
    }

    /** Keys at even distances of a sorted sample. */
    private static Object[] boundsOf(JavaPairRDD<Object, Object> pairs, RangeBounds by) {
        int wanted = by.numPartitions();
        if (wanted < 2) {
            return new Object[0];
        }
        int sampled = (int) Math.min(MAX_SAMPLED_KEYS, (long) SAMPLED_KEYS_PER_PARTITION * wanted);
        List<Object> keys = new ArrayList<>(pairs.keys().takeSample(false, sampled, wanted));
        keys.sort(by.order());
        List<Object> bounds = new ArrayList<>();
        for (int i = 1; i < wanted && !keys.isEmpty(); i++) {
            Object key = keys.get((int) ((long) i * keys.size() / wanted));
            if (bounds.isEmpty() || by.order().compare(bounds.get(bounds.size() - 1), key) < 0) {
                bounds.add(key);
            }
        }
        return bounds.toArray();
    }

    /** Parents that were shuffled for it are not shuffled again: they are placed by the same partitioner. */
    private JavaRDD<Object> coGrouped(PlanNode.CoGroup coGroup, List<JavaRDD<Object>> parents) {
        List<RDD<?>> sides = new ArrayList<>();
        for (int i = 0; i < parents.size(); i++) {
            boolean isShuffle =
                    coGroup.parents().get(i) instanceof PlanNode.Shuffle shuffle && !levels.containsKey(shuffle.id());
            sides.add((isShuffle
                            ? shuffles.get(((PlanNode.Shuffle) coGroup.parents().get(i)).shuffleId())
                            : pairs(parents.get(i)))
                    .rdd());
        }
        CoGroupedRDD<Object> grouped = new CoGroupedRDD(
                CollectionConverters.asScala(sides).toSeq(),
                new OurPartitioner(coGroup.by()),
                ClassTag$.MODULE$.apply(Object.class));
        return grouped.toJavaRDD().map(group -> {
            Object[] values = group._2();
            Iterable<?>[] ofSides = new Iterable<?>[values.length];
            for (int i = 0; i < values.length; i++) {
                ofSides[i] = CollectionConverters.asJava((scala.collection.Iterable<?>) values[i]);
            }
            return new Tuple2<>(group._1(), ofSides);
        });
    }
}
