package dev.kindling.plan;

import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * How a {@link StageBody} is written: its nodes side by side, each naming its parents by position. Written as a tree,
 * Java serialization would go as deep as the longest chain of sets and end the thread's stack at about a thousand.
 */
final class FlatBody implements Serializable {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int stageId;
    private final PlanNode[] nodes;
    private final int[][] parents;
    private final StageBody.Sink sink;

    private FlatBody(int stageId, PlanNode[] nodes, int[][] parents, StageBody.Sink sink) {
        this.stageId = stageId;
        this.nodes = nodes;
        this.parents = parents;
        this.sink = sink;
    }

    static FlatBody of(StageBody body) {
        List<PlanNode> order = PlanOrder.parentsFirst(body.root(), node -> false);
        IdentityHashMap<PlanNode, Integer> positions = new IdentityHashMap<>();
        PlanNode[] nodes = new PlanNode[order.size()];
        int[][] parents = new int[nodes.length][];
        for (int i = 0; i < nodes.length; i++) {
            PlanNode node = order.get(i);
            positions.put(node, i);
            nodes[i] = node.withParents(List.of());
            parents[i] = node.parents().stream().mapToInt(positions::get).toArray();
        }
        return new FlatBody(body.stageId(), nodes, parents, body.sink());
    }

    @Serial
    private Object readResolve() {
        PlanNode[] made = new PlanNode[nodes.length];
        for (int i = 0; i < made.length; i++) {
            List<PlanNode> own = new ArrayList<>();
            for (int parent : parents[i]) {
                own.add(made[parent]);
            }
            made[i] = nodes[i].withParents(own);
        }
        return new StageBody(stageId, made[made.length - 1], sink);
    }
}
