package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.BinaryFile;
import dev.kindling.api.Column;
import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** Where sets come from, and files that are read as they were written. */
final class SourceContracts {
    private SourceContracts() {}

    static final List<Contract> ALL = List.of(
            Contract.of(
                    SourceContracts::lists,
                    "KindlingContext.parallelize(List)",
                    "KindlingContext.parallelize(List,int)",
                    "KindlingContext.parallelize(Stream,int)",
                    "KindlingContext.parallelizePairs(List)",
                    "KindlingContext.parallelizePairs(List,int)",
                    "KindlingContext.parallelizePairs(Map,int)",
                    "KindlingContext.parallelizeDoubles(List)",
                    "KindlingContext.parallelizeDoubles(List,int)",
                    "KindlingContext.of(Object[])",
                    "KindlingContext.emptyRDD()",
                    "KindlingContext.range(long,long,long,int)"),
            Contract.of(
                    SourceContracts::unions,
                    "KindlingContext.union(RDD[])",
                    "KindlingContext.union(PairRDD[])",
                    "KindlingContext.union(DoubleRDD[])"),
            Contract.of(
                    SourceContracts::text,
                    "KindlingContext.textFile(String)",
                    "KindlingContext.textFile(String,int)",
                    "KindlingContext.textFile(String,String)",
                    "KindlingContext.textFile(String,String,int)",
                    "KindlingContext.wholeTextFiles(String)",
                    "KindlingContext.wholeTextFiles(String,int)",
                    "RDD.saveAsTextFile(String,Class)"),
            Contract.of(
                    SourceContracts::columns,
                    "KindlingContext.textColumns(String,char,Column,Column)",
                    "KindlingContext.textColumns(String,char,Column,Column,int)",
                    "KindlingContext.textColumn(String,char,Column)",
                    "KindlingContext.textColumn(String,char,Column,int)"),
            Contract.of(
                    SourceContracts::binary,
                    "KindlingContext.binaryFiles(String)",
                    "KindlingContext.binaryFiles(String,int)",
                    "KindlingContext.binaryRecords(String,int)"),
            Contract.of(
                    SourceContracts::objects,
                    "RDD.saveAsObjectFile(String)",
                    "KindlingContext.objectFile(String)",
                    "KindlingContext.objectFile(String,int)"));

    private static void lists(Case c) {
        KindlingContext kindling = c.kindling();
        Map<Integer, String> map = new HashMap<>();
        c.pairs().forEach(pair -> map.put(pair._1(), pair._2()));

        c.sameOrder(c.stream(), kindling.parallelize(c.rows()));
        c.sameOrder(c.stream(), kindling.parallelize(c.rows(), 4));
        c.sameOrder(c.stream(), kindling.parallelize(c.stream(), 3));
        c.sameOrder(c.stream(), kindling.of(c.rows().toArray(new Integer[0])));
        c.sameOrder(c.pairs().stream(), kindling.parallelizePairs(c.pairs()));
        c.sameOrder(c.pairs().stream(), kindling.parallelizePairs(c.pairs(), 3));
        c.sameRows(Case.entries(map), kindling.parallelizePairs(map, 2));
        c.sameOrder(c.doubles().stream(), kindling.parallelizeDoubles(c.doubles()));
        c.sameOrder(c.doubles().stream(), kindling.parallelizeDoubles(c.doubles(), 3));
        c.sameOrder(Stream.of(), kindling.emptyRDD());
        c.sameOrder(
                LongStream.range(0, c.rows().size()).mapToObj(n -> 5 - 3 * n),
                kindling.range(5, 5 - 3L * c.rows().size(), -3, 4));
    }

    private static void unions(Case c) {
        List<Integer> thrice = new ArrayList<>(c.rows());
        thrice.addAll(c.others());
        thrice.addAll(c.rows());

        c.sameOrder(thrice.stream(), c.kindling().union(c.rdd(2), c.otherRdd(3), c.rdd(1)));
        c.sameOrder(
                Stream.concat(c.pairs().stream(), c.otherPairs().stream()),
                c.kindling().union(c.pairRdd(2), c.otherPairRdd(1)));
        c.sameOrder(
                Stream.concat(c.doubles().stream(), c.doubles().stream()),
                c.kindling().union(c.doubleRdd(2), c.doubleRdd(3)));
        assertEquals(0, c.kindling().union(new DoubleRDD[0]).count());
    }

    private static void text(Case c) {
        String plain = c.newPath("plain");
        String packed = c.newPath("packed");
        List<String> lines = c.stream().map(n -> "row " + n).toList();

        c.rdd(3).map(n -> "row " + n).saveAsTextFile(plain);
        c.rdd(3).map(n -> "row " + n).saveAsTextFile(packed, GZIPOutputStream.class);

        c.sameOrder(lines.stream(), c.kindling().textFile(plain));
        c.sameOrder(lines.stream(), c.kindling().textFile(plain, 7));
        c.sameOrder(lines.stream(), c.kindling().textFile(packed));
        c.sameOrder(lines.stream(), c.kindling().textFile(plain, "\n"));
        c.sameOrder(lines.stream(), c.kindling().textFile(plain, "\n", 7));
        assertTrue(Files.exists(Path.of(packed, "part-00002.gz")));
        for (PairRDD<String, String> files :
                List.of(c.kindling().wholeTextFiles(plain), c.kindling().wholeTextFiles(packed, 2))) {
            c.sameOrder(
                    lines.stream(), files.values().flatMap(text -> text.lines().iterator()));
            assertEquals(3, files.count());
        }
    }

    private static void columns(Case c) throws Exception {
        String path = c.newPath("columns");
        List<Tuple2<Integer, String>> rows = c.stream()
                .map(n -> Tuple2.of(Objects.requireNonNullElse(n, 0), "text " + n))
                .toList();
        c.kindling().parallelizePairs(rows, 3).map((n, text) -> n + "," + text).saveAsTextFile(path);

        c.sameOrder(rows.stream(), c.kindling().textColumns(path, ',', Column.ints(0), Column.strings(1)));
        c.sameOrder(rows.stream(), c.kindling().textColumns(path, ',', Column.ints(0), Column.strings(1), 7));
        c.sameOrder(rows.stream().map(row -> (long) row._1()), c.kindling().textColumn(path, ',', Column.longs(0)));
        c.sameOrder(
                rows.stream().map(row -> (double) row._1()), c.kindling().textColumn(path, ',', Column.doubles(0), 7));
        // The sample of the keys reads columns too.
        c.sameRows(
                rows.stream(),
                c.kindling()
                        .textColumns(path, ',', Column.ints(0), Column.strings(1))
                        .sortByKey());
    }

    private static void binary(Case c) throws Exception {
        Path directory = Files.createDirectories(Path.of(c.newPath("binary")));
        List<Integer> rows =
                c.stream().map(n -> Objects.requireNonNullElse(n, 0)).toList();
        List<List<Integer>> slices = NarrowContracts.slices(rows, 3);
        for (int i = 0; i < 3; i++) {
            Files.write(directory.resolve("file-" + i), bytesOf(slices.get(i)));
        }

        c.sameOrder(
                rows.stream(),
                c.kindling()
                        .binaryRecords(directory.toString(), 4)
                        .map(r -> ByteBuffer.wrap(r).getInt()));
        c.sameOrder(
                slices.stream(),
                c.kindling().binaryFiles(directory.toString()).values().map(SourceContracts::numbersOf));
        List<Tuple2<String, BinaryFile>> files =
                c.kindling().binaryFiles(directory.toString(), 2).repartition(3).collect();
        for (Tuple2<String, BinaryFile> file : files) {
            assertEquals(file._1(), file._2().getPath());
            int index = file._1().charAt(file._1().length() - 1) - '0';
            assertEquals(slices.get(index), numbersOf(file._2()));
        }
        assertEquals(3, files.size());
    }

    private static byte[] bytesOf(List<Integer> numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.size());
        numbers.forEach(bytes::putInt);
        return bytes.array();
    }

    private static List<Integer> numbersOf(BinaryFile file) throws Exception {
        List<Integer> numbers = new ArrayList<>();
        try (DataInputStream in = file.open()) {
            for (int left = file.toArray().length; left > 0; left -= 4) {
                numbers.add(in.readInt());
            }
        }
        return numbers;
    }

    private static void objects(Case c) {
        String rows = c.newPath("rows");
        String pairs = c.newPath("pairs");

        c.rdd(3).saveAsObjectFile(rows);
        c.pairRdd(2).groupByKey().mapValues(Case::sorted).saveAsObjectFile(pairs);

        c.sameOrder(c.stream(), c.kindling().objectFile(rows));
        c.sameOrder(c.stream(), c.kindling().objectFile(rows, 9));
        c.sameRows(
                Case.entries(Case.grouped(c.pairs())).map(g -> Tuple2.of(g._1(), Case.sorted(g._2()))),
                c.kindling().objectFile(pairs));
    }
}
