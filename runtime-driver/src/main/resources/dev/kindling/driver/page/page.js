'use strict';
// Draws the model in the page. It counts nothing: every number comes from the model. All text goes through
// textContent, so that no name is ever read as markup.
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const root = document.getElementById('root');
  const tip = document.getElementById('tip');
  /** What the reader has chosen; it stays when a live page is drawn anew. */
  const chosen = { zoom: 1, stage: null, shuffle: null, isWhole: false };
  let model = null;

  // ---- elements ---------------------------------------------------------------------------------------------------

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === 'function') element.addEventListener(name, value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined));
    return element;
  }
  const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
  const text = (x, y, value, classes, more) => s('text', { x, y, class: classes, ...more }, String(value));

  // ---- numbers for people -----------------------------------------------------------------------------------------

  function time(ms) {
    if (ms < 1000) return Math.round(ms) + ' ms';
    if (ms < 60000) return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + ' s';
    const seconds = Math.floor(ms / 1000);
    return seconds < 3600 ? Math.floor(seconds / 60) + ' min ' + seconds % 60 + ' s'
      : Math.floor(seconds / 3600) + ' h ' + Math.floor(seconds / 60) % 60 + ' min';
  }
  function bytes(count) {
    let unit = 0;
    let scaled = count;
    while (Math.abs(scaled) >= 1024 && unit < 5) { scaled /= 1024; unit++; }
    return (unit && scaled < 9.95 ? scaled.toFixed(1) : Math.round(scaled)) + ' ' + ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][unit];
  }
  const count = (n, noun) => n.toLocaleString('en') + ' ' + noun + (n === 1 ? '' : 's');
  const percent = (part, whole) => (whole ? Math.round(100 * part / whole) : 0) + ' %';
  const cut = (value, length) => value.length <= length ? value : value.slice(0, length - 1) + '\u2026';
  const lines = (...parts) => parts.filter(part => part).join('\n');

  // ---- pointing at things, by mouse and by keyboard ----------------------------------------------------------------

  function showTip(target, words) {
    tip.textContent = words;
    tip.hidden = false;
    const at = target.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left + at.width / 2 - size.width / 2), innerWidth - size.width - 8);
    const above = at.top - size.height - 8;
    const top = above > 8 ? above : Math.min(at.bottom + 8, innerHeight - size.height - 8);
    tip.style.transform = 'translate(' + left + 'px,' + top + 'px)';
  }
  function hideTip() { tip.hidden = true; }

  /** Things of one chart: one of them is in the order of the tab key, arrow keys go on to the next. */
  function navigable(svg, things) {
    things.forEach(([element, words], index) => {
      element.setAttribute('tabindex', index ? -1 : 0);
      element.setAttribute('role', 'img');
      element.setAttribute('aria-label', words.replace(/\n/g, ', '));
      element.tipWords = words;
      element.chartIndex = index;
    });
    svg.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
      const from = event.target.chartIndex;
      if (event.key === 'Escape') hideTip();
      if (step === undefined || from === undefined) return;
      const to = Math.max(0, Math.min(things.length - 1, from + step));
      event.target.setAttribute('tabindex', -1);
      things[to][0].setAttribute('tabindex', 0);
      things[to][0].focus();
      event.preventDefault();
    });
    const find = event => event.target.closest && event.target.closest('[role="img"][aria-label]');
    for (const kind of ['mouseover', 'focusin']) {
      svg.addEventListener(kind, event => { const on = find(event); if (on && on.tipWords) showTip(on, on.tipWords); });
    }
    for (const kind of ['mouseout', 'focusout']) svg.addEventListener(kind, hideTip);
  }

  /** A chart as wide as its place, drawn again when that changes. */
  function chart(draw, classes) {
    const place = h('div', { class: classes || 'scroll', 'data-chart': '' });
    let drawn = 0;
    const redraw = () => {
      const width = Math.floor(place.clientWidth);
      if (width > 0 && width !== drawn) { drawn = width; place.replaceChildren(draw(width)); }
    };
    // In the next frame: drawing may change the size that is being told.
    new ResizeObserver(() => requestAnimationFrame(redraw)).observe(place);
    place.redraw = () => { drawn = 0; redraw(); };
    return place;
  }
  const picture = (width, height, label) =>
    s('svg', { width, height, viewBox: '0 0 ' + width + ' ' + height, role: 'group', 'aria-label': label });

  function section(id, title, says, ...children) {
    return h('section', { id, 'aria-label': title, 'data-panel': id }, h('h2', {}, title), says ? h('p', { class: 'says' }, says) : null, ...children);
  }
  const key = (kind, words) => h('span', {}, h('i', { class: 'key ' + kind }), words);
  function table(head, rows) {
    const cells = (tag, row) => row.map((cell, i) => {
      const isNumber = head[i].startsWith('#');
      return h(tag, { class: isNumber ? 'n' : i === 1 ? 'name' : null }, cell instanceof Node ? cell : String(cell));
    });
    return h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'table' }, h('table', {},
      h('thead', {}, h('tr', {}, head.map(name => h('th', { class: name.startsWith('#') ? 'n' : null, scope: 'col' }, name.replace('#', ''))))),
      h('tbody', {}, rows.map(row => h('tr', {}, cells('td', row))))));
  }
  function ticks(max, wanted) {
    const rough = Math.max(1, max) / wanted;
    const power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough);
    const found = [];
    for (let at = 0; at <= max; at += step) found.push(at);
    return found;
  }

  // ---- stages -----------------------------------------------------------------------------------------------------

  const stageOf = id => model.stages.find(stage => stage.id === id);
  const color = stage => ((stage % 8) + 8) % 8;
  /** From its first task on: what it waited for a core is not its work. */
  const lengthOf = stage => stage.startMs < 0 ? 0 : Math.max(0, (stage.endMs < 0 ? model.wallMs : stage.endMs) - stage.startMs - stage.waitedMs);

  function stageWords(stage, calls) {
    return lines('stage ' + stage.id + ': ' + stage.name,
      calls && calls.length > 1 ? calls.join(' \u2192 ') : '',
      count(stage.partitions, 'partition') + ', ' + stage.state + (stage.startMs < 0 ? '' : ' in ' + time(lengthOf(stage))),
      stage.waitedMs ? 'waited ' + time(stage.waitedMs) + ' for its first core' : '',
      stage.attempts ? count(stage.attempts, 'attempt') + (stage.failedAttempts ? ', ' + stage.failedAttempts + ' without a result' : '') : '',
      stage.longestMs ? 'median task ' + time(stage.medianMs) + ', longest ' + time(stage.longestMs) + ' (' + stage.longest + ' on ' + stage.longestOn + ')' : '',
      stage.bytesIn ? bytes(stage.bytesIn) + ' read' : '',
      stage.shuffleIn ? bytes(stage.shuffleIn) + ' read from shuffles' : '',
      stage.shuffleOut ? bytes(stage.shuffleOut) + ' written for shuffles' : '',
      stage.grouped,
      stage.skippedByJobs.length ? 'skipped by ' + (stage.skippedByJobs.length === 1 ? 'job ' : 'jobs ') + stage.skippedByJobs.join(', ') + ': ' + stage.skippedWhy : '');
  }

  /** Of this width, or of its own where that is null; in a small one a box has its number alone. */
  function graphOf(graph, wanted) {
    const width = Math.ceil(graph.width) + 24;
    const height = Math.ceil(graph.height) + 24;
    const scale = wanted && wanted < width ? wanted / width : 1;
    const svg = picture(width, height, 'graph of stages');
    svg.setAttribute('width', width * scale);
    svg.setAttribute('height', height * scale);
    const number = (box, id) => {
      const label = text(272 / 2, box.height / 2, id, 'strong', { 'text-anchor': 'middle', 'dominant-baseline': 'central' });
      label.style.fontSize = Math.min(box.height * 0.7, 12 / scale) + 'px';
      return label;
    };
    const at = s('g', { transform: 'translate(12 12)' });
    svg.append(s('defs', {}, s('marker', { id: 'head', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      s('path', { d: 'M0 0L8 4L0 8z', class: 'head' }))), at);
    for (const arrow of graph.arrows) {
      let path = 'M' + arrow.points[0] + ' ' + arrow.points[1];
      for (let i = 2; i < arrow.points.length; i += 2) {
        const [x0, y0, x1, y1] = arrow.points.slice(i - 2, i + 2);
        path += 'C' + (x0 + x1) / 2 + ' ' + y0 + ' ' + (x0 + x1) / 2 + ' ' + y1 + ' ' + x1 + ' ' + y1;
      }
      at.append(s('path', { d: path, class: 'arrow', 'marker-end': 'url(#head)' }));
    }
    const things = [];
    for (const box of graph.boxes) {
      const stage = stageOf(box.id);
      if (!stage) continue;
      const isSkipped = stage.state === 'skipped';
      const share = model.wallMs ? Math.min(1, lengthOf(stage) / model.wallMs) : 0;
      const flow = [stage.bytesIn + stage.shuffleIn ? bytes(stage.bytesIn + stage.shuffleIn) + ' in' : '',
        stage.shuffleOut ? bytes(stage.shuffleOut) + ' out' : ''].filter(part => part).join(', ');
      const skips = stage.skippedByJobs.length ? (isSkipped ? 'skipped: ' : 'skipped later: ') + stage.skippedWhy : '';
      const last = box.height - 9;
      const group = s('g', { transform: 'translate(' + box.x + ' ' + box.y + ')', class: stage.state, 'data-stage': stage.id },
        s('rect', { width: 272, height: box.height, rx: 7, class: 'box' }),
        s('rect', { width: 5, height: box.height, rx: 2, class: 's' + color(stage.id), 'fill-opacity': isSkipped ? 0.35 : 1 }),
        scale < 1 ? number(box, stage.id) : [text(15, 19, 'Stage ' + stage.id, 'strong'),
        text(262, 19, isSkipped ? 'skipped' : stage.startMs < 0 ? stage.state : time(lengthOf(stage)), 'dim small', { 'text-anchor': 'end' }),
        box.lines.map((line, index) => text(15, 36 + 15 * index, cut(line, 40), 'small')),
        text(15, last - (skips ? 29 : 14), count(stage.partitions, 'partition') + (stage.failedAttempts ? ', ' + stage.failedAttempts + ' failed' : stage.grouped ? ', small ones together' : ''),
          'small ' + (stage.failedAttempts ? 'badtext' : 'dim')),
        text(15, last - (skips ? 15 : 0), flow, 'dim small'),
        skips ? text(15, last, cut(skips, 44), 'dim small') : ''],
        s('rect', { x: 5, y: box.height - 3, width: Math.round(267 * share), height: 3, class: 's' + color(stage.id) }));
      at.append(group);
      things.push([group, stageWords(stage, box.calls)]);
    }
    navigable(svg, things);
    return svg;
  }

  function graphPanel() {
    const place = chart(width => graphOf(model.graph, chosen.isWhole ? width : null), 'scroll tall');
    const whole = h('button', { 'aria-pressed': chosen.isWhole, click: () => {
      chosen.isWhole = !chosen.isWhole;
      whole.setAttribute('aria-pressed', chosen.isWhole);
      place.redraw();
    } }, 'Whole graph');
    return section('graph', 'Stages', 'What was read and shuffled, from left to right. Each box lists the calls of the program that its tasks compute. A dashed stage did not run. The line below a stage is its share of the time.',
      model.graph.boxes.length > 6 ? h('div', { class: 'tools' }, whole) : null, place,
      h('details', {}, h('summary', {}, 'All stages in numbers'), table(
        ['#Stage', 'Name', 'State', '#Partitions', '#Attempts', '#Without result', '#Began', '#Waited', '#Took', '#Task time', '#Median', '#Longest', '#Fetch wait', '#GC', '#Spilling', '#Rows in', '#Read', '#Shuffle in', '#Shuffle out', '#Spilled'],
        model.stages.map(stage => [stage.id, stage.name, stage.state, stage.partitions, stage.attempts, stage.failedAttempts,
          stage.startMs < 0 ? '' : time(stage.startMs), time(stage.waitedMs), time(lengthOf(stage)), time(stage.taskMs), time(stage.medianMs), time(stage.longestMs),
          time(stage.fetchWaitMs), time(stage.gcMs), time(stage.spillMs), stage.rowsIn.toLocaleString('en'), bytes(stage.bytesIn),
          bytes(stage.shuffleIn), bytes(stage.shuffleOut), bytes(stage.spilledBytes)]))),
      h('details', {}, h('summary', {}, 'Jobs'), table(['#Job', 'Name', 'State', '#Began', '#Took', 'Stages', 'Why it failed'],
        model.jobs.map(job => [job.id, job.name, job.state, time(job.startMs), time((job.endMs < 0 ? model.wallMs : job.endMs) - job.startMs),
          cut(job.stageIds.join(', '), 60), job.message]))));
  }

  // ---- timeline ---------------------------------------------------------------------------------------------------

  function timelinePanel() {
    const { lanes, bars, isMerged } = model.timeline;
    const step = Math.max(5, Math.min(20, Math.floor(560 / Math.max(1, lanes.length))));
    const left = 64;
    const top = 24;
    const draw = placeWidth => {
      const width = left + Math.round((placeWidth - left - 16) * chosen.zoom) + 16;
      const scale = (width - left - 16) / Math.max(1, model.wallMs);
      const x = ms => left + ms * scale;
      let y = top;
      let labelled = -Infinity;
      const tops = lanes.map((lane, index) => {
        if (index && lane.executorId !== lanes[index - 1].executorId) y += step > 8 ? 7 : 2;
        const at = y;
        y += step;
        return at;
      });
      const svg = picture(width, y + 10, 'timeline of tasks');
      svg.append(s('defs', {}, s('pattern', { id: 'idle', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
        s('line', { x1: 0, y1: 0, x2: 0, y2: 6, class: 'idleline' }))));
      for (const at of ticks(model.wallMs, Math.max(2, Math.floor(width / 120)))) {
        svg.append(s('line', { x1: x(at), x2: x(at), y1: top - 4, y2: y + 4, class: 'gridline' }), text(x(at), 13, time(at), 'dim small', { 'text-anchor': at ? 'middle' : 'start' }));
      }
      lanes.forEach((lane, index) => {
        svg.append(s('rect', { x: x(lane.fromMs), y: tops[index], width: Math.max(0, x(lane.toMs) - x(lane.fromMs)), height: step - 1, class: 'lane' }),
          s('rect', { x: x(lane.fromMs), y: tops[index], width: Math.max(0, x(lane.toMs) - x(lane.fromMs)), height: step - 1, class: 'idle' }));
        const isFirst = !index || lane.executorId !== lanes[index - 1].executorId;
        if (isFirst && tops[index] - labelled >= 12) {
          labelled = tops[index];
          svg.append(text(left - 8, labelled + Math.min(step, 13) - 2, cut(lane.executorId, 8), lane.isLost ? 'small badtext' : 'small', { 'text-anchor': 'end' }));
        }
        if (lane.isLost) svg.append(s('line', { x1: x(lane.toMs), x2: x(lane.toMs), y1: tops[index], y2: tops[index] + step - 1, class: 'cross' }));
      });
      const firstMs = Math.min(model.wallMs, ...lanes.map(lane => lane.fromMs));
      if (firstMs * scale > 110) svg.append(text(left + 6, top + 12, 'no executor yet', 'dim small'));
      const things = [];
      for (const bar of bars) {
        const wide = Math.max(1.2, x(bar.endMs) - x(bar.startMs) - 0.4);
        const whole = Math.max(1, bar.busyMs);
        const group = s('g', { class: 'bar' + (chosen.stage === bar.stage ? ' chosen' : ''), 'data-stage': bar.stage },
          s('rect', { x: x(bar.startMs), y: tops[bar.lane], width: wide, height: step - 1, rx: step > 8 ? 1.5 : 0, class: 's' + color(bar.stage), 'fill-opacity': Math.max(0.3, Math.min(1, bar.busyMs / Math.max(1, bar.endMs - bar.startMs))) }));
        let from = x(bar.startMs);
        for (const [kind, ms] of [['wait', bar.waitMs], ['gc', bar.gcMs], ['spill', bar.spillMs]]) {
          const part = Math.min(x(bar.startMs) + wide - from, wide * Math.min(1, ms / whole));
          if (part > 0.4) { group.append(s('rect', { x: from, y: tops[bar.lane], width: part, height: step - 1, class: kind })); from += part; }
        }
        const isTrouble = bar.state === 'failed' || bar.state === 'lost';
        if (isTrouble) group.append(s('rect', { x: x(bar.startMs), y: tops[bar.lane], width: wide, height: step - 1, class: 'trouble' }));
        svg.append(group);
        const other = bar.runMs ? Math.max(0, bar.busyMs - bar.runMs) : 0;
        things.push([group, lines(bar.count > 1 ? count(bar.count, 'attempt') + ' from ' + bar.name : bar.name + ', ' + bar.state,
          stageOf(bar.stage) ? stageOf(bar.stage).name : '',
          'on ' + lanes[bar.lane].executorId + ' from ' + time(bar.startMs) + ' for ' + time(bar.endMs - bar.startMs),
          bar.waitMs ? 'waiting for blocks ' + time(bar.waitMs) : '', bar.gcMs ? 'garbage collection ' + time(bar.gcMs) : '',
          bar.spilledBytes ? 'spilling ' + bytes(bar.spilledBytes) + (bar.spillMs ? ' in ' + time(bar.spillMs) : '') : '', other ? 'launch and answer ' + time(other) : '',
          bar.count > 1 && isTrouble ? 'at least one has ' + (bar.state === 'lost' ? 'gone with its executor' : 'failed') : '', bar.why)]);
      }
      navigable(svg, things);
      return svg;
    };
    const place = chart(draw, 'scroll tall');
    const zoom = factor => () => { chosen.zoom = Math.max(1, Math.min(32, chosen.zoom * factor)); place.redraw(); };
    const seen = [...new Set(bars.map(bar => bar.stage))].sort((a, b) => a - b);
    const mark = () => {
      place.classList.toggle('dimmed', chosen.stage !== null);
      place.querySelectorAll('.bar').forEach(bar => bar.classList.toggle('chosen', Number(bar.dataset.stage) === chosen.stage));
    };
    // Of more stages than that, one is chosen from a list.
    const buttons = seen.length > 16 ? [h('select', { 'aria-label': 'Show only this stage', change: event => { chosen.stage = event.target.value === '' ? null : Number(event.target.value); mark(); } },
      h('option', { value: '' }, 'all stages'),
      seen.map(stage => h('option', { value: stage, selected: stage === chosen.stage ? '' : null }, 'stage ' + stage + (stageOf(stage) ? ': ' + cut(stageOf(stage).name, 60) : ''))))]
      : seen.map(stage => h('button', { 'aria-pressed': chosen.stage === stage, title: 'Show only this stage',
      click: event => {
        chosen.stage = chosen.stage === stage ? null : stage;
        buttons.forEach(button => button.setAttribute('aria-pressed', button === event.currentTarget && chosen.stage !== null));
        mark();
      } }, h('i', { class: 'key k' + color(stage) }), 'stage ' + stage));
    const lost = lanes.filter(lane => lane.isLost);
    const panel = section('timeline', 'Tasks by executor and core',
      'Each line is a core. Inside a bar the coloured parts are shares of its time, not moments; garbage is collected by the process, so tasks that run side by side show the same collection.'
        + (isMerged ? ' Short neighbours of one stage are drawn as one bar, paler the more gaps it has.' : ''),
      h('div', { class: 'tools' }, h('button', { click: zoom(2) }, 'Zoom in'), h('button', { click: zoom(0.5) }, 'Zoom out')),
      h('div', { class: 'legend' }, buttons, key('wait', 'waiting for blocks'), key('gc', 'garbage collection'), key('spill', 'spilling'), key('idle', 'idle'),
        key('trouble', 'failed' + (lost.length ? ' or lost' : ''))), place);
    queueMicrotask(mark);
    return panel;
  }

  // ---- shuffles ---------------------------------------------------------------------------------------------------

  const range = (first, size, total) => size === 1 ? String(first) : first + ' to ' + Math.min(total - 1, first + size - 1);

  function matrixOf(shuffle) {
    const rows = Math.max(1, Math.round(shuffle.matrix.length / Math.max(1, shuffle.columns)));
    const most = Math.max(1, ...shuffle.matrix);
    return chart(width => {
      const left = 38;
      const cell = Math.max(6, Math.min(36, Math.floor((width - left) / Math.max(1, shuffle.columns)), Math.floor(420 / rows)));
      const svg = picture(left + cell * shuffle.columns + 2, 26 + cell * rows + 2, 'matrix of shuffle ' + shuffle.id);
      svg.append(text(left, 11, 'partition 0' + (shuffle.columns > 1 ? ' \u2192 ' + (shuffle.partitions - 1) : ''), 'dim small'), text(left - 6, 24 + Math.min(cell, 12), '0', 'dim small', { 'text-anchor': 'end' }));
      if (rows > 1) svg.append(text(left - 6, 20 + cell * rows, shuffle.maps - 1, 'dim small', { 'text-anchor': 'end' }));
      svg.append(text(left - 6, 11, 'map', 'dim small', { 'text-anchor': 'end' }));
      const things = shuffle.matrix.map((held, index) => {
        const row = Math.floor(index / shuffle.columns);
        const column = index % shuffle.columns;
        const element = s('rect', { x: left + column * cell, y: 20 + row * cell, width: cell - 1, height: cell - 1,
          class: held ? 'accent' : 'lane', 'fill-opacity': held ? 0.12 + 0.88 * Math.sqrt(held / most) : 1 });
        svg.append(element);
        return [element, lines(bytes(held), 'from map ' + range(row * shuffle.mapsPerRow, shuffle.mapsPerRow, shuffle.maps),
          'to partition ' + range(column * shuffle.partitionsPerColumn, shuffle.partitionsPerColumn, shuffle.partitions))];
      });
      navigable(svg, things);
      return svg;
    });
  }

  function sizesOf(shuffle) {
    const skewed = new Map(shuffle.skewed.map(one => [Math.floor(one.partition / shuffle.partitionsPerSize), one]));
    return chart(width => {
      const left = 62;
      const height = 190;
      const most = Math.max(1, ...shuffle.sizes);
      const each = (width - left) / Math.max(1, shuffle.sizes.length);
      const y = held => height - 20 - (height - 44) * held / most;
      const svg = picture(width, height, 'sizes of the partitions of shuffle ' + shuffle.id);
      for (const held of [most, shuffle.medianBytes]) {
        if (held === most || y(held) - y(most) > 12) {
          svg.append(s('line', { x1: left, x2: width, y1: y(held), y2: y(held), class: 'gridline' }), text(left - 6, y(held) + 4, bytes(held), 'dim small', { 'text-anchor': 'end' }));
        }
      }
      const things = shuffle.sizes.map((held, index) => {
        const one = skewed.get(index);
        const wide = Math.max(1, Math.min(56, each - (each > 4 ? 2 : 0.3)));
        const element = s('rect', { x: left + (index + 0.5) * each - wide / 2, y: y(held), width: wide, height: Math.max(0.5, height - 20 - y(held)), class: one ? 'accent' : 'plain' });
        svg.append(element);
        if (one) svg.append(text(Math.max(left + 20, Math.min(width - 40, left + (index + 0.5) * each)), y(held) - 6, 'partition ' + one.partition, 'small strong', { 'text-anchor': 'middle' }));
        return [element, lines('partition ' + range(index * shuffle.partitionsPerSize, shuffle.partitionsPerSize, shuffle.partitions) + ': ' + (shuffle.partitionsPerSize > 1 ? 'the largest ' : '') + bytes(held),
          'median ' + bytes(shuffle.medianBytes), one && one.keys.length ? 'keys with the most rows: ' + one.keys.join(', ') : '')];
      });
      svg.append(text(left, height - 5, 'partition 0', 'dim small'), text(width, height - 5, shuffle.partitions - 1, 'dim small', { 'text-anchor': 'end' }));
      navigable(svg, things);
      return svg;
    });
  }

  function shufflePanel() {
    if (!model.shuffles.length) return section('shuffle', 'Shuffles', 'No shuffle was written.');
    if (!model.shuffles.some(shuffle => shuffle.id === chosen.shuffle)) {
      chosen.shuffle = model.shuffles.reduce((a, b) => b.bytes > a.bytes ? b : a).id;
    }
    const place = h('div', {});
    const show = () => {
      const shuffle = model.shuffles.find(one => one.id === chosen.shuffle);
      place.replaceChildren(h('div', { class: 'pair' },
        h('div', {}, h('h3', {}, 'From map output to partition'), matrixOf(shuffle)),
        h('div', { 'data-panel': 'partitions' }, h('h3', {}, 'Sizes of its partitions'),
          shuffle.sizes.length ? sizesOf(shuffle) : h('p', { class: 'says' }, 'There are too many partitions to tell the size of each.'),
          h('p', { class: 'says' }, shuffle.skewed.length
            ? 'These stand out: ' + shuffle.skewed.map(one => 'partition ' + one.partition + ' with ' + bytes(one.bytes) + (one.keys.length ? ' (keys ' + one.keys.join(', ') + ')' : '')).join('; ') + '. The median partition has ' + bytes(shuffle.medianBytes) + '.'
            : 'No partition stands out: the median has ' + bytes(shuffle.medianBytes) + ', the largest ' + bytes(shuffle.largestBytes) + '.'))));
    };
    const select = h('select', { 'aria-label': 'Shuffle', change: event => { chosen.shuffle = Number(event.target.value); show(); } },
      model.shuffles.map(shuffle => h('option', { value: shuffle.id, selected: shuffle.id === chosen.shuffle ? '' : null },
        'shuffle ' + shuffle.id + ', ' + bytes(shuffle.bytes) + ', written by stage ' + shuffle.stageId + ': ' + cut(shuffle.stageName, 60))));
    show();
    return section('shuffle', 'Shuffles', 'Each square is what one map output holds for one partition, or a group of each; the stronger its colour, the more bytes. Sizes are exact to 5 %.',
      h('div', { class: 'tools' }, select), place);
  }

  // ---- executors --------------------------------------------------------------------------------------------------

  const highest = points => points.reduce((most, value, i) => i % 2 && value > most ? value : most, 0);
  const peaksOf = executor => [['heap', executor.heap], ['process', executor.resident], ['tasks', executor.tasks], ['cached blocks', executor.cached], ['cached on disk', executor.onDisk]]
    .filter(([, points]) => highest(points)).map(([what, points]) => what + ' ' + bytes(highest(points)));

  function memoryOf(executor) {
    return chart(width => {
      const height = 130;
      const left = 54;
      const series = [executor.heap, executor.resident, executor.cached, executor.tasks];
      const used = Math.max(1, ...series.map(highest));
      // Where little is used, the limit is left out of the picture, or there would be none.
      const hasLimit = used > executor.memoryBytes / 5;
      const most = hasLimit ? Math.max(executor.memoryBytes, used) : 1.25 * used;
      const x = ms => left + (width - left - 8) * ms / Math.max(1, model.wallMs);
      const y = held => height - 18 - (height - 30) * held / most;
      const end = executor.lostMs < 0 ? model.wallMs : executor.lostMs;
      const svg = picture(width, height, 'memory of executor ' + executor.id);
      svg.append(text(left - 6, y(most) + 4, bytes(most), 'dim small', { 'text-anchor': 'end' }), text(left - 6, y(0) + 4, '0', 'dim small', { 'text-anchor': 'end' }),
        s('line', { x1: left, x2: width - 8, y1: y(0), y2: y(0), class: 'gridline' }),
        hasLimit ? s('line', { x1: left, x2: width - 8, y1: y(executor.memoryBytes), y2: y(executor.memoryBytes), class: 'limit' }) : '');
      const stair = points => {
        let path = 'M' + x(points[0]) + ' ' + y(0);
        // What is there can be seen, however little it is.
        for (let i = 0; i < points.length; i += 2) path += 'V' + (points[i + 1] ? Math.min(y(points[i + 1]), y(0) - 2) : y(0)) + 'H' + x(i + 2 < points.length ? points[i + 2] : Math.max(points[i], end));
        return path + 'V' + y(0) + 'Z';
      };
      const line = points => points.reduce((path, value, i) => i % 2 ? path : path + (i ? 'L' : 'M') + x(value) + ' ' + y(points[i + 1]), '');
      if (executor.tasks.length) svg.append(s('path', { d: stair(executor.tasks), class: 'taskarea' }));
      if (executor.cached.length) svg.append(s('path', { d: stair(executor.cached), class: 'cachearea' }));
      if (executor.resident.length) svg.append(s('path', { d: line(executor.resident), class: 'rssline' }));
      if (executor.heap.length) svg.append(s('path', { d: line(executor.heap), class: 'heapline' }));
      if (executor.heap.length === 2) svg.append(s('circle', { cx: x(executor.heap[0]), cy: y(executor.heap[1]), r: 2.5, class: 's7' }));
      if (executor.lostMs >= 0) svg.append(s('line', { x1: x(executor.lostMs), x2: x(executor.lostMs), y1: 8, y2: y(0), class: 'cross' }), text(x(executor.lostMs) + 4, 26, 'lost', 'small badtext'));
      svg.append(text(left, height - 4, '0', 'dim small'), text(width - 8, height - 4, time(model.wallMs), 'dim small', { 'text-anchor': 'end' }));
      svg.setAttribute('role', 'img');
      svg.setAttribute('tabindex', 0);
      const words = lines('executor ' + executor.id + ', ' + 'heap of ' + bytes(executor.memoryBytes), 'the most in use:', ...peaksOf(executor));
      svg.setAttribute('aria-label', words.replace(/\n/g, ', '));
      svg.addEventListener('focus', () => showTip(svg, words));
      svg.addEventListener('mouseenter', () => showTip(svg, words));
      svg.addEventListener('blur', hideTip);
      svg.addEventListener('mouseleave', hideTip);
      return svg;
    }, 'plot');
  }

  function executorPanel() {
    const drawn = model.executors.filter(one => one.heap.length || one.tasks.length || one.cached.length).slice(0, 32);
    const card = one => h('div', { class: 'cardlet', 'data-executor': one.id },
      h('h3', {}, one.id, ' ', one.lostMs < 0 ? null : h('span', { class: 'pill bad' }, 'lost at ' + time(one.lostMs))),
      h('p', {}, one.host + ', ' + count(one.cores, 'core') + ' busy ' + percent(one.busyMs, one.busyMs + one.idleMs) + ' of its time; ' + 'heap of ' + bytes(one.memoryBytes) + (peaksOf(one).length ? '; the most in use: ' + peaksOf(one).join(', ') : '')), memoryOf(one));

    return section('executors', 'Memory and cache by executor', model.executors.length ? 'The dashed line is the size of the heap, where it is near. Tasks are shown with the most they held, for their whole time; heap and process by signs of life, which come every two seconds.' : 'No executor came.',
      drawn.length ? h('div', { class: 'legend' }, key('heap', 'heap in use'), key('rss', 'whole process'), key('tasks', 'held by tasks'), key('cached', 'cached blocks'), key('limit', 'size of the heap')) : null,
      h('div', { class: 'grid' }, drawn.slice(0, 12).map(card)),
      drawn.length > 12 ? h('details', {}, h('summary', {}, 'The memory of ' + count(drawn.length - 12, 'more executor')), h('div', { class: 'grid' }, drawn.slice(12).map(card))) : null,
      h('details', {}, h('summary', {}, 'All executors in numbers'), table(['Executor', 'Host', '#Cores', '#Heap', '#Came', '#Lost', '#Succeeded', '#Without result', '#Busy', '#Idle'],
        model.executors.map(one => [one.id, one.host, one.cores, bytes(one.memoryBytes), time(one.addedMs), one.lostMs < 0 ? '' : time(one.lostMs), one.succeeded, one.failed, time(one.busyMs), time(one.idleMs)]))));
  }

  // ---- failures, result, comparison -------------------------------------------------------------------------------

  function troublePanel() {
    return section('failures', 'Failures', model.troubles.length ? null : 'Nothing failed.',
      model.troubles.length ? h('ul', { class: 'trouble-list' }, model.troubles.map(one => {
        const [first, ...rest] = one.text.split('\n');
        return h('li', {}, h('span', { class: 'at' }, time(one.atMs)), h('div', {}, h('strong', {}, one.what), ' ',
          one.reason ? h('span', { class: 'pill bad' }, one.reason) : h('span', { class: 'pill' }, one.kind), h('div', {}, first),
          rest.length ? h('details', {}, h('summary', {}, 'more'), h('pre', {}, rest.join('\n'))) : null));
      })) : null);
  }

  function barsOf(rows, label, series, format) {
    return chart(width => {
      const left = Math.min(190, Math.max(60, Math.round(width * 0.2)));
      const each = series.length * 13 + 9;
      const most = Math.max(1, ...rows.flatMap(row => series.map(([, value]) => value(row))));
      const svg = picture(width, rows.length * each + 4, label);
      const things = rows.map((row, index) => {
        const group = s('g', {}, text(left - 8, index * each + 12 * series.length - (series.length > 1 ? 6 : 0), cut(row.name, Math.floor((left - 8) / 6.4)), 'small', { 'text-anchor': 'end' }));
        series.forEach(([kind, value], i) => {
          const wide = (width - left - 90) * value(row) / most;
          group.append(s('rect', { x: left, y: index * each + 2 + 13 * i, width: Math.max(1, wide), height: 11, rx: 1.5, class: kind }),
            text(left + wide + 6, index * each + 12 + 13 * i, format(value(row)), 'dim small'));
        });
        svg.append(group);
        return [group, lines(row.name, ...series.map(([kind, value]) => (series.length > 1 ? kind === 'before' ? 'before ' : 'now ' : '') + format(value(row))))];
      });
      navigable(svg, things);
      return svg;
    });
  }

  function resultPanel() {
    return section('result', model.chart.title, null, barsOf(model.chart.bars, model.chart.title, [['accent', bar => bar.value]], n => n.toLocaleString('en')));
  }

  function comparisonPanel() {
    const { rows, settings, beforeName, afterName } = model.comparison;
    const change = row => row.before.stage < 0 ? h('span', { class: 'pill' }, 'new') : row.after.stage < 0 ? h('span', { class: 'pill' }, 'gone')
      : h('span', { class: row.after.wallMs > row.before.wallMs ? 'bad' : 'good' }, (row.after.wallMs >= row.before.wallMs ? '+' : '\u2212') + time(Math.abs(row.after.wallMs - row.before.wallMs)));
    const both = (row, value, format) => value(row.before) === value(row.after) ? format(value(row.after)) : format(value(row.before)) + ' \u2192 ' + format(value(row.after));
    const plain = n => n.toLocaleString('en');
    return section('comparison', 'What changed, by stage', 'Before: ' + beforeName + '. Now: ' + afterName + ', which is also what the rest of this page shows.',
      h('div', { class: 'legend' }, key('before', 'before'), key('plain', 'now')),
      barsOf(rows.slice(0, 40), 'time of stages in both runs', [['before', row => row.before.wallMs], ['plain', row => row.after.wallMs]], time),
      table(['#Stage', 'Name', '#Change', '#Tasks', '#Median task', '#Longest task', '#Fetch wait', '#GC', '#Shuffle in', '#Shuffle out', '#Spilled', '#Without result'],
        rows.map(row => [row.after.stage < 0 ? row.before.stage : row.after.stage, row.name, change(row), both(row, side => side.tasks, plain), both(row, side => side.medianMs, time),
          both(row, side => side.longestMs, time), both(row, side => side.fetchWaitMs, time), both(row, side => side.gcMs, time), both(row, side => side.shuffleIn, bytes),
          both(row, side => side.shuffleOut, bytes), both(row, side => side.spilledBytes, bytes), both(row, side => side.failedAttempts, plain)])),
      settings.length ? h('h3', {}, 'Settings that differ') : null,
      settings.length ? table(['Key', 'Before', 'Now'], settings.map(one => [one.key, one.before || '(not set)', one.after || '(not set)'])) : null);
  }

  // ---- the page ---------------------------------------------------------------------------------------------------

  function draw(next) {
    model = next;
    hideTip();
    // Of a live page, what the reader has opened and where it was scrolled to stays.
    const opened = new Set([...root.querySelectorAll('details[open] > summary')].map(summary => summary.textContent));
    const scrolled = [...root.querySelectorAll('.scroll')].map(place => [place.scrollLeft, place.scrollTop]);
    document.title = model.title + ' - Kindling';
    const panels = [model.comparison ? comparisonPanel() : null, graphPanel(), timelinePanel(), shufflePanel(), executorPanel(), troublePanel(), model.chart ? resultPanel() : null].filter(panel => panel);
    root.replaceChildren(
      h('header', {}, h('div', { class: 'eyebrow' + (model.isOver ? '' : ' running') }, model.comparison ? 'Kindling, two runs' : 'Kindling run'), h('h1', {}, model.title),
        h('dl', { class: 'facts' }, model.facts.map(fact => h('div', {}, h('dt', {}, fact.name), h('dd', {}, fact.value)))),
        h('ol', { class: 'findings', 'data-panel': 'findings' }, model.sentences.map(sentence => h('li', {}, sentence)))),
      h('nav', { 'aria-label': 'Panels' }, panels.map(panel => h('a', { href: '#' + panel.id }, panel.getAttribute('aria-label')))),
      h('main', {}, panels),
      h('footer', {}, model.notes.length ? h('ul', { class: 'notes' }, model.notes.map(note => h('li', {}, note))) : 'Nothing was left out.'));
    root.querySelectorAll('details').forEach(details => { details.open = opened.has(details.firstChild.textContent); });
    // In the frame of the words around them: a live page does not flicker, and is never without its bars.
    root.querySelectorAll('[data-chart]').forEach(place => place.redraw());
    root.querySelectorAll('.scroll').forEach((place, i) => { if (scrolled[i]) place.scrollTo(...scrolled[i]); });
  }

  // ---- while it runs ----------------------------------------------------------------------------------------------

  /** Not under the hands of a reader who goes through a chart or a list by keyboard. */
  let waitingModel = null;
  const isInUse = () => { const on = document.activeElement; return on && (on.tagName === 'SELECT' || on.chartIndex !== undefined); };
  function drawWhenFree(next) {
    waitingModel = next;
    if (!isInUse() || next.isOver) drawWaiting();
  }
  function drawWaiting() {
    if (waitingModel) { const next = waitingModel; waitingModel = null; draw(next); }
  }
  document.addEventListener('focusout', () => requestAnimationFrame(() => { if (!isInUse()) drawWaiting(); }));

  /** The token comes in the address's fragment, which no server sees, and goes back in a header. */
  async function follow() {
    const token = location.hash.slice(1) || sessionStorage.getItem('kindling-token') || '';
    sessionStorage.setItem('kindling-token', token);
    history.replaceState(null, '', location.pathname);
    const headers = { 'X-Kindling-Token': token };
    const events = location.pathname.endsWith('/') ? 'events' : location.pathname + '/events';
    try {
      for (let again = 0; again >= 0;) {
        await new Promise(go => setTimeout(go, again));
        again = await hear(await fetch(events, { headers }));
      }
      if (model && !model.isOver) say('The driver has ended; this is what it said last.');
    } catch (problem) {
      say(model ? 'The driver does not answer any more; this is what it said last.' : String(problem.message || problem));
    }
  }
  /** Returns in how many milliseconds to ask again, where a proxy is asked; -1 for not at all. */
  async function hear(answer) {
    if (!answer.ok) throw new Error(answer.status === 401 ? 'the address needs its token: use the one that was printed, to the end' : answer.status === 403 ? await answer.text() : 'the driver answered ' + answer.status);
    const again = answer.headers.get('X-Kindling-Again');
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let waiting = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      waiting += part.value;
      const events = waiting.split('\n\n');
      waiting = events.pop();
      const last = events.filter(event => event.startsWith('data: ')).pop();
      if (last) drawWhenFree(JSON.parse(last.slice(6)));
    }
    return again && !waitingOrDrawn().isOver ? Number(again) : -1;
  }
  function waitingOrDrawn() { return waitingModel || model; }
  function say(words) {
    const eyebrow = root.querySelector('.eyebrow');
    if (eyebrow) { eyebrow.classList.remove('running'); root.querySelector('footer').prepend(h('p', { role: 'alert' }, words)); } else root.replaceChildren(h('p', { role: 'alert' }, words));
  }

  const given = JSON.parse(document.getElementById('model').textContent);
  if (given.live) follow(); else draw(given);
})();
