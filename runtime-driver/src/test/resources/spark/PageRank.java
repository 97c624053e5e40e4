import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import scala.Tuple2;

public final class PageRank {
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private static class Sum implements Function2<Double, Double, Double> {
        @Override
        public Double call(Double left, Double right) {
            return left + right;
        }
    }

    public static void main(String[] args) {
        JavaSparkContext sc =
                new JavaSparkContext(new SparkConf().setAppName("PageRank").setMaster("local[2]"));
        JavaRDD<String> lines = sc.textFile(args[0]);

        JavaPairRDD<String, Iterable<String>> links = lines.mapToPair(line -> {
                    String[] parts = BLANKS.split(line);
                    return new Tuple2<>(parts[0], parts[1]);
                })
                .distinct()
                .groupByKey()
                .cache();
        JavaPairRDD<String, Double> ranks = links.mapValues(neighbours -> 1.0);

        for (int round = 0; round < 10; round++) {
            JavaPairRDD<String, Double> contributions = links.join(ranks)
                    .values()
                    .flatMapToPair(pair -> {
                        int count = 0;
                        for (String ignored : pair._1) {
                            count++;
                        }
                        List<Tuple2<String, Double>> results = new ArrayList<>();
                        for (String target : pair._1) {
                            results.add(new Tuple2<>(target, pair._2() / count));
                        }
                        return results.iterator();
                    });
            ranks = contributions.reduceByKey(new Sum()).mapValues(sum -> 0.15 + sum * 0.85);
        }

        for (Tuple2<String, Double> rank : ranks.sortByKey().collect()) {
            System.out.println(rank._1() + " has rank: " + Math.round(rank._2() * 1000) + ".");
        }
        sc.stop();
    }
}
