// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// A package that depends on SurvivalKit, as a user's would: it compiles as long as the public
// interface suffices, and needs nothing that SurvivalKit does not bring.
let package = Package(
  name: "ConsumerProbe",
  platforms: [.macOS(.v14)],
  dependencies: [
    // Named, because a package at a path is otherwise called after its folder.
    .package(name: "SurvivalKit", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "ConsumerProbe",
      dependencies: [
        .product(name: "SurvivalKit", package: "SurvivalKit"),
        .product(name: "SurvivalPlots", package: "SurvivalKit"),
        .product(name: "CohortReports", package: "SurvivalKit"),
      ])
  ]
)
