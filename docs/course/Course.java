import dev.kindling.api.Groups;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;

/** The steps of the course, one a run: {@code Course STEP FILE}. */
public class Course {
    public static void main(String[] args) {
        try (var kindling = new KindlingContext(new KindlingConf())) {
            RDD<String> lines = kindling.textFile(args[1], 8);
            switch (args[0]) {
                case "textFile" ->
                    System.out.println(lines.count() + " lines in " + lines.getNumPartitions() + " partitions");
                case "map" -> {
                    RDD<String[]> fields = lines.map(line -> line.split("\t"));
                    System.out.println("nothing has run yet; this is what will:\n"
                            + fields.lineage().toText());
                    System.out.println("the first code is " + fields.first()[0]);
                }
                case "groupByKey" ->
                    System.out.println("a few counts: " + counts(lines).take(3));
                case "sortByKey" ->
                    System.out.println(
                            "the first counts: " + counts(lines).sortByKey().take(3));
                case "cache" -> {
                    PairRDD<Integer, Long> counts = counts(lines).cache();
                    for (int time = 1; time <= 2; time++) {
                        long startNanos = System.nanoTime();
                        long keys = counts.count();
                        System.out.println(
                                keys + " keys, counted in " + (System.nanoTime() - startNanos) / 1_000_000 + " ms");
                    }
                }
                default -> throw new IllegalArgumentException("there is no step " + args[0]);
            }
        }
    }

    private static PairRDD<Integer, Long> counts(RDD<String> lines) {
        return lines.map(line -> line.split("\t"))
                .mapToPair(fields -> Tuple2.of(Integer.parseInt(fields[0]), Integer.parseInt(fields[1])))
                .groupByKey()
                .mapValues(Groups::size);
    }
}
