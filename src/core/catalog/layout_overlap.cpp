#include "core/catalog/field_error.hpp"
#include "core/catalog/layout_geometry.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

// Two sections overlap if their outlines do: the convex hulls of their seats' cells, so that a wedge of a
// bowl, whose front rows are shorter, may stand close beside the next. Convex shapes are apart if and
// only if an edge of one of them separates them.

namespace tiketi::catalog {
namespace {

constexpr double tolerance_cm = 1;  // neighbours share a border, and coordinates are whole centimetres

struct Interval {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

struct Outline {
  std::size_t section = 0;
  std::vector<MapPoint> corners;  // of a convex polygon, in order
  Interval x;
  Interval y;
};

bool apart(const Interval& a, const Interval& b) {
  return a.high <= b.low + tolerance_cm || b.high <= a.low + tolerance_cm;
}

double cross(MapPoint origin, MapPoint a, MapPoint b) {
  return (a.x - origin.x) * (b.y - origin.y) - (a.y - origin.y) * (b.x - origin.x);
}

/// Andrew's monotone chain.
std::vector<MapPoint> convex_hull(std::vector<MapPoint> points) {
  std::sort(points.begin(), points.end(),
            [](MapPoint a, MapPoint b) { return std::pair(a.x, a.y) < std::pair(b.x, b.y); });
  std::vector<MapPoint> hull;
  const auto add_chain = [&hull](auto first, auto last) {
    const std::size_t base = hull.size();
    for (; first != last; ++first) {
      while (hull.size() >= base + 2 && cross(hull[hull.size() - 2], hull.back(), *first) <= 0) hull.pop_back();
      hull.push_back(*first);
    }
    hull.pop_back();  // the other chain begins with it
  };
  add_chain(points.begin(), points.end());
  add_chain(points.rbegin(), points.rend());
  return hull;
}

/// The corners of the first and last seat's cells of each row. Seats placed elsewhere don't count.
std::vector<MapPoint> row_ends(const LayoutSection& section) {
  const PositionMarks marks = mark_positions(section);
  const SectionAxes axes(*section.geometry);
  std::vector<MapPoint> points;
  for (std::int32_t row = 0; row < section.rows; ++row) {
    const auto is_here = [&](std::int32_t seat) {
      return (marks[{section.start_row + row, seat + 1}] & (PositionMarks::gap | PositionMarks::placed)) == 0;
    };
    std::int32_t first = 0;
    std::int32_t last = section.seats_per_row - 1;
    while (first <= last && !is_here(first)) ++first;
    while (first <= last && !is_here(last)) --last;
    if (first > last) continue;
    for (const double edge : {row - 0.5, row + 0.5})
      for (const double end : {first - 0.5, last + 0.5}) points.push_back(axes.at(edge, end));
  }
  return points;
}

std::vector<Outline> outlines_of(const SeatLayout& layout) {
  std::vector<Outline> out;
  for (std::size_t i = 0; i < layout.sections.size(); ++i) {
    if (!layout.sections[i].geometry) continue;
    std::vector<MapPoint> points = row_ends(layout.sections[i]);
    if (points.empty()) continue;
    Outline outline{.section = i, .corners = convex_hull(std::move(points))};
    for (const MapPoint corner : outline.corners) {
      outline.x.take(corner.x);
      outline.y.take(corner.y);
    }
    out.push_back(std::move(outline));
  }
  return out;
}

/// True if a line along one of `a`'s edges has the polygons on different sides.
bool edge_separates(const Outline& a, const Outline& b) {
  for (std::size_t i = 0; i < a.corners.size(); ++i) {
    const MapPoint from = a.corners[i];
    const MapPoint to = a.corners[(i + 1) % a.corners.size()];
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    const MapPoint normal{(from.y - to.y) / length, (to.x - from.x) / length};
    Interval in_a;
    Interval in_b;
    for (const MapPoint p : a.corners) in_a.take(p.x * normal.x + p.y * normal.y);
    for (const MapPoint p : b.corners) in_b.take(p.x * normal.x + p.y * normal.y);
    if (apart(in_a, in_b)) return true;
  }
  return false;
}

bool overlap(const Outline& a, const Outline& b) {
  return !apart(a.x, b.x) && !apart(a.y, b.y) && !edge_separates(a, b) && !edge_separates(b, a);
}

}  // namespace

Result<void> check_overlap(const SeatLayout& layout) {
  std::vector<Outline> outlines = outlines_of(layout);
  std::sort(outlines.begin(), outlines.end(), [](const Outline& a, const Outline& b) { return a.x.low < b.x.low; });
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    for (std::size_t j = i + 1; j < outlines.size() && outlines[j].x.low < outlines[i].x.high; ++j) {
      if (!overlap(outlines[i], outlines[j])) continue;
      const auto [first, second] = std::minmax(outlines[i].section, outlines[j].section);
      return refuse("sections[" + std::to_string(second) + "].geometry",
                    "overlaps sections[" + std::to_string(first) + "] (" + layout.sections[first].name + ")");
    }
  }
  return {};
}

}  // namespace tiketi::catalog
