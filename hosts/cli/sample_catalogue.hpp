#pragma once
// The sample catalogue: what is in data/sample_catalogue.json, as of today.

#include <tiketi/catalog/catalog.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace tiketi::cli {

struct SampleEvent {
  NewEvent event;      ///< with an id that follows from its title; without its layout's id
  std::string layout;  ///< name; empty: general admission only
};

struct SampleCatalogue {
  std::vector<SeatLayout> layouts;
  std::vector<SampleEvent> events;
  std::vector<Keyword> keywords;
};

/// The file's text, which is part of the program.
std::string_view sample_catalogue_json();

/// Days in the text count from the day of `now` in Seoul: an event begins at 19:00, its sale at 09:00, and
/// the sale ends on the day before the event at 23:59:59. Throws on a defect of the text.
SampleCatalogue sample_catalogue(std::string_view json, Timestamp now);

}  // namespace tiketi::cli
