import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFunction;
import scala.Tuple2;

public final class TransitiveClosure {
    private static final int EDGES = 60;
    private static final int VERTICES = 15;

    static List<Tuple2<Integer, Integer>> generateGraph() {
        Random random = new Random(42);
        Set<Tuple2<Integer, Integer>> edges = new HashSet<>(EDGES);
        while (edges.size() < EDGES) {
            int from = random.nextInt(VERTICES);
            int to = random.nextInt(VERTICES);
            if (from != to) {
                edges.add(new Tuple2<>(from, to));
            }
        }
        return new ArrayList<>(edges);
    }

    private static class ProjectFn
            implements PairFunction<Tuple2<Integer, Tuple2<Integer, Integer>>, Integer, Integer> {
        static final ProjectFn INSTANCE = new ProjectFn();

        @Override
        public Tuple2<Integer, Integer> call(Tuple2<Integer, Tuple2<Integer, Integer>> triple) {
            return new Tuple2<>(triple._2()._2(), triple._2()._1());
        }
    }

    public static void main(String[] args) {
        JavaSparkContext sc = new JavaSparkContext("local[2]", "TransitiveClosure");
        JavaPairRDD<Integer, Integer> tc =
                sc.parallelizePairs(generateGraph(), 2).cache();

        // Edges by where they end, to be joined with paths that begin there.
        JavaPairRDD<Integer, Integer> edges = tc.mapToPair(edge -> new Tuple2<>(edge._2(), edge._1()));

        long oldCount;
        long nextCount = tc.count();
        do {
            oldCount = nextCount;
            tc = tc.union(tc.join(edges).mapToPair(ProjectFn.INSTANCE))
                    .distinct()
                    .cache();
            nextCount = tc.count();
        } while (nextCount != oldCount);

        System.out.println("TC has " + tc.count() + " edges.");
        sc.stop();
    }
}
